from tfrecords_tools import annotations
from tfrecords_tools.text import text_cleaning, vocabulary

PLAIN = text_cleaning.Config()


def listed(*texts, size=10, minimum_count=1):
    config = vocabulary.Config(size=size, minimum_count=minimum_count)
    return vocabulary.count(config, texts)


def test_the_most_frequent_word_stands_first():
    assert listed("a b", "b") == ("b", "a")


def test_equally_frequent_words_are_in_the_alphabet_order():
    assert listed("c a b") == listed("b c a") == ("a", "b", "c")


def test_no_more_words_than_asked_for_are_listed():
    assert listed("a a a b b c", size=2) == ("a", "b")


def test_rare_words_are_left_out():
    assert listed("a a b", minimum_count=2) == ("a",)


def test_nothing_is_listed_by_default():
    assert vocabulary.count(vocabulary.Config(), ["a"]) == ()


def test_words_are_not_changed():
    assert listed("Don't don't") == ("Don't", "don't")


def test_links_are_not_listed():
    assert listed("a " + "x" * 65) == ("a",)


def texts(*clips, cleaning=PLAIN):
    return [t for t in vocabulary.training_texts(clips, cleaning) if t]


def test_only_the_training_split_is_counted():
    train = annotations.Clip("a.mp4", split="train", caption="in")
    test = annotations.Clip("b.mp4", split="test", caption="out")
    assert texts(train, test) == ["in"]


def test_captions_and_words_are_counted_cleaned():
    words = (annotations.Word("<i>B</i>", 0, 1),)
    clip = annotations.Clip("a", split="train", caption="A", words=words)
    lower = text_cleaning.Config(lower_case=True)
    assert texts(clip, cleaning=lower) == ["a", "b"]


def test_words_outside_the_clip_are_not_counted():
    words = tuple(annotations.Word(f"w{k}", k, k + 1) for k in range(5))
    clip = annotations.Clip(
        "a", split="train", start_seconds=1.5, end_seconds=3, words=words
    )
    assert texts(clip) == ["w1", "w2"]


def pieces(*texts, **settings):
    config = vocabulary.Config(size=40, kind="pieces", **settings)
    return vocabulary.count(config, texts)


def test_pieces_are_learnt_when_asked():
    assert set(pieces("ab cb")) == {*"abc", "##a", "##b", "##c", "ab", "cb"}


def test_rare_words_teach_no_pieces():
    assert pieces("a a b", minimum_count=2) == ("a", "##a")


def test_order_of_the_texts_changes_no_piece():
    said = ["playing games", "a game", "he plays"]
    assert pieces(*said) == pieces(*said[::-1])

import dataclasses

import hypothesis
import hypothesis.strategies as st
import pytest
import tensorflow as tf

from pipelines.text import text_tokens
from tests import run_modes
from tfrecords_tools import manifest
from tfrecords_tools.base import errors
from tfrecords_tools.text import text_cleaning

WORDS = ("dog", "a", "Dog", "don\u2019t", "Stop,", "\u00c4rger", "well-known")
FOLDED = ("dog", "a", "don't", "stop", "\u00e4rger", "well", "known")
PIECES = ("Play", "##ing", "play", "##\u2019", "##'", "##t", ".")
WORD = text_tokens.Config(tokens="words", length=6)
PIECE = text_tokens.Config(tokens="pieces", length=6)
SAID = dataclasses.replace(WORD, source="words")
AS_THEY_ARE = {"lower_case": False, "remove_punctuation": False}


def shards(kind="words", vocabulary=WORDS, extras=("words",)):
    return manifest.Manifest(
        labels=(),
        tasks={},
        several_labels=False,
        splits={},
        settings={"words": {"kind": kind}} if kind else {},
        vocabulary=vocabulary,
        extras=extras,
    )


OF_WORDS = shards()
OF_PIECES = shards("pieces", PIECES)


def text_of(caption="", said=(), span=(0, 1)):
    """`said` are words with the microseconds of their start and end."""
    words = [word for word, _, _ in said]
    starts = [start for _, start, _ in said]
    lengths = [end - start for _, start, end in said]
    return text_tokens.Text(
        tf.constant(caption),
        tf.constant(words, tf.string),
        tf.constant(starts, tf.int64),
        tf.constant(lengths, tf.int64),
        tf.constant(span, tf.int64),
    )


def tokens(run, config, *given, about=OF_WORDS, **also):
    make = text_tokens.build(config, about)
    found = run(
        lambda *text: make(text_tokens.Text(*text)),
        *text_of(*given, **also)[:-1],
    )
    return found["tokens"].numpy().tolist(), found[
        "tokens_mask"
    ].numpy().tolist()


def numbers(*arguments, run=run_modes.eagerly, **also):
    return tokens(run, *arguments, **also)[0]


@run_modes.both
def test_words_stand_between_start_and_end(run):
    assert numbers(WORD, "a dog", run=run) == [2, 5, 4, 3, 0, 0]


@run_modes.both
def test_mask_is_0_for_padding(run):
    assert tokens(run, WORD, "a dog")[1] == [1, 1, 1, 1, 0, 0]


@run_modes.both
def test_unknown_word_has_its_own_number(run):
    assert numbers(WORD, "a cat", run=run) == [2, 5, 1, 3, 0, 0]


@run_modes.both
def test_empty_caption_has_only_start_and_end(run):
    found, mask = tokens(run, WORD, "")
    assert (found, sum(mask)) == ([2, 3, 0, 0, 0, 0], 2)


def test_empty_caption_is_no_text():
    make = text_tokens.build(WORD, OF_WORDS)
    found = [float(make(text_of(each))["has_text"]) for each in ("", "a", "?")]
    assert found == [0, 1, 0]


@run_modes.both
def test_long_caption_is_cut_before_its_end(run):
    found = numbers(WORD, "a dog a dog a dog", run=run)
    assert found == [2, 5, 4, 5, 4, 3]


@run_modes.both
def test_shape_and_types_are_as_promised(run):
    make = text_tokens.build(WORD, OF_WORDS)
    found = run(lambda *text: make(text_tokens.Text(*text)), *text_of("a")[:-1])
    specs = {name: (each.shape, each.dtype) for name, each in found.items()}
    assert specs == {
        "has_text": ((), tf.float32),
        "tokens": ((6,), tf.int32),
        "tokens_mask": ((6,), tf.float32),
    }


def test_shape_is_static_in_a_graph():
    data = tf.data.Dataset.from_tensors(text_of("a"))
    spec = data.map(text_tokens.build(WORD, OF_WORDS)).element_spec
    assert spec["tokens"] == tf.TensorSpec((6,), tf.int32)


def test_spellings_of_one_word_are_one():
    assert text_tokens.vocabulary(WORD, OF_WORDS) == FOLDED
    found = numbers(WORD, "STOP \u00c4RGER don't")
    assert found == [2, 7, 8, 6, 3, 0]


def test_case_and_punctuation_can_be_kept():
    config = dataclasses.replace(WORD, **AS_THEY_ARE)
    assert text_tokens.vocabulary(config, OF_WORDS) == WORDS
    assert numbers(config, "Dog dog Stop, stop") == [2, 6, 4, 8, 1, 3]


def test_there_are_as_many_numbers_as_words_and_marks():
    known = text_tokens.vocabulary(WORD, OF_WORDS)
    assert text_tokens.FIRST + len(known) == len(FOLDED) + 4


@run_modes.both
def test_pieces_make_up_words(run):
    found = numbers(PIECE, "Playing don", about=OF_PIECES, run=run)
    assert found == [2, 4, 5, 1, 3, 0]


def test_long_caption_is_cut_within_a_word():
    found = numbers(PIECE, "play play play playing", about=OF_PIECES)
    assert found == [2, 4, 4, 4, 4, 3]


def test_spellings_of_one_piece_are_one():
    known = text_tokens.vocabulary(PIECE, OF_PIECES)
    assert known == ("play", "##ing", "##'", "##t", ".")


@pytest.mark.parametrize("tokens", ["words", "pieces"])
def test_vocabulary_of_nothing_but_punctuation_knows_no_word(tokens):
    about = shards(tokens, ("-",))
    config = text_tokens.Config(tokens=tokens, length=4)
    assert numbers(config, "a", about=about) == [2, 1, 3, 0]


SENTENCE = (("a", 0, 10), ("dog", 10, 20), ("stop", 20, 30))


@run_modes.both
@pytest.mark.parametrize(
    "span, found",
    [
        ((0, 30), [5, 4, 7]),
        ((10, 20), [4]),
        ((9, 21), [5, 4, 7]),
        ((14, 15), [4]),
        ((30, 99), []),
    ],
)
def test_words_that_overlap_the_span_are_read(run, span, found):
    wanted = [2, *found, 3]
    taken = numbers(SAID, said=SENTENCE, span=span, run=run)
    assert taken[: len(wanted)] == wanted
    assert not any(taken[len(wanted) :])


def test_words_are_read_in_order_of_time():
    found = numbers(SAID, said=SENTENCE[::-1], span=(0, 30))
    assert found == [2, 5, 4, 7, 3, 0]


def test_words_said_at_once_keep_their_order():
    said = (("dog", 5, 6), ("a", 5, 6), ("stop", 5, 6))
    assert numbers(SAID, said=said, span=(0, 9)) == [2, 4, 5, 7, 3, 0]


def test_a_sentence_that_is_said_is_several_words():
    found = numbers(SAID, said=(("A dog.", 0, 9),))
    assert found == [2, 5, 4, 3, 0, 0]


def test_nothing_is_read_by_default():
    make = text_tokens.build(text_tokens.Config(), shards(None, (), ()))
    assert make(text_of("a")) == {}


@pytest.mark.parametrize(
    "config, about, message",
    [
        (WORD, shards(vocabulary=()), "--words.size=10000"),
        (PIECE, OF_WORDS, "--words.kind=pieces"),
        (WORD, OF_PIECES, "--text.tokens=pieces"),
        (SAID, shards(extras=()), "--source=transcripts"),
    ],
)
def test_shards_that_lack_what_is_asked_for_are_refused(config, about, message):
    with pytest.raises(errors.UserError, match=message):
        text_tokens.build(config, about)


def test_shards_that_do_not_tell_the_kind_hold_words():
    assert numbers(WORD, "a", about=shards(kind=None))[1] == 5


@pytest.mark.parametrize(
    "config, about, wanted",
    [
        (WORD, OF_WORDS, [2, 1, 5, 3, 0, 0]),
        (PIECE, OF_PIECES, [2, 4, 5, 1, 3, 0]),
    ],
)
def test_tokens_run_behind_the_data_service(config, about, wanted):
    data = tf.data.Dataset.from_tensors(text_of("playing a"))
    data = data.map(text_tokens.build(config, about))
    service = tf.data.experimental.service
    dispatcher = service.DispatchServer()
    worker = service.WorkerServer(
        service.WorkerConfig(dispatcher.target.split("://")[1])
    )
    (found,) = data.apply(
        service.distribute("parallel_epochs", dispatcher.target)
    )
    worker._stop()
    dispatcher._stop()
    assert found["tokens"].numpy().tolist() == wanted


@hypothesis.given(st.text("aAdDoOgG tT'\u2019n.,-\u00e4\u00c4xX1", max_size=30))
@hypothesis.settings(
    max_examples=60, deadline=None, derandomize=True, database=None
)
def test_captions_are_read_as_by_the_book(caption):
    cleaning = text_cleaning.Config(lower_case=True, remove_punctuation=True)
    words = text_cleaning.clean(cleaning, caption).split()
    ids = [4 + FOLDED.index(w) if w in FOLDED else 1 for w in words]
    wanted = [2, *ids[:4], 3]
    found = BY_THE_BOOK(text_of(caption))["tokens"].numpy().tolist()
    assert found == wanted + [0] * (6 - len(wanted))


BY_THE_BOOK = text_tokens.build(WORD, OF_WORDS)


def test_spec_counts_all_numbers_of_tokens():
    spec = text_tokens.spec(WORD, OF_WORDS)
    assert spec.vocabulary == text_tokens.FIRST + len(FOLDED)
    assert spec.length == WORD.length

import pytest
import tensorflow as tf

from pipelines.text import text_choice
from tests import run_modes


def _texts(*rows):
    """Each a text with the microseconds of its span."""
    texts = [text for text, _, _ in rows]
    return text_choice.Texts(
        tf.constant(texts, tf.string),
        tf.constant([start for _, start, _ in rows], tf.int64),
        tf.constant([end for _, _, end in rows], tf.int64),
        tf.constant([f"{text}!" for text in texts], tf.string),
    )


SOME = _texts(("early", 0, 10), ("late", 20, 30), ("whole", -1, -1))


def _chosen(some, seed):
    text, answer = text_choice.choose(some, seed)
    return text.numpy().decode(), answer.numpy().decode()


def test_texts_of_other_times_are_left_out():
    found = text_choice.within(SOME, tf.constant([9, 20], tf.int64))
    assert found.texts.numpy().tolist() == [b"early", b"whole"]
    assert found.answers.numpy().tolist() == [b"early!", b"whole!"]


def test_without_a_seed_the_first_is_chosen():
    assert _chosen(SOME, None) == ("early", "early!")


def test_every_text_is_drawn_with_its_answer():
    seeds = [tf.constant([0, number], tf.int64) for number in range(30)]
    found = {_chosen(SOME, seed) for seed in seeds}
    assert found == {(text, f"{text}!") for text in ("early", "late", "whole")}


@pytest.mark.parametrize("seed", [None, tf.constant([1, 2], tf.int64)])
def test_without_any_text_it_is_empty(seed):
    assert _chosen(_texts(), seed) == ("", "")


@pytest.mark.parametrize("count, mask", [(2, [1, 1]), (4, [1, 1, 1, 0])])
@run_modes.both
def test_texts_are_padded_or_left_out(count, mask, run):
    found, held = run(lambda texts: text_choice.pad(texts, count), SOME.texts)
    wanted = [b"early", b"late", b"whole", b""][:count]
    assert found.numpy().tolist() == wanted
    assert held.numpy().tolist() == mask

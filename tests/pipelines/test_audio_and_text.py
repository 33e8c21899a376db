"""Audio and text of the examples of a split."""

import dataclasses

import numpy as np
import pytest

from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.extra_inputs import shifted_audio
from pipelines.text import text_tokens
from tests.pipelines import batches
from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools.base import errors, registry


def _shifted(seconds):
    chosen = registry.choose(
        "pipelines.extra_inputs",
        "shifted_audio",
        shifted_audio.Config(seconds=seconds),
    )
    return clip_dataset.Input(
        batch.ClipSpec(frames=2, stride=1, size=16),
        audio=audio_features.Config("waveform", seconds=0.08),
        extra_inputs=(chosen,),
    )


def _batch(shards, split, given):
    reader = clip_dataset.open_split(shards, split, given)
    shard = clip_dataset.BatchShard(reader.clips)
    if split == "train":
        data = clip_dataset.training(reader, given, shard, 7)
    else:
        data = clip_dataset.evaluation(reader, given, shard)
    return batches.by_clip(next(data.as_numpy_iterator()))


@pytest.fixture(scope="module")
def rising(tmp_path_factory):
    """Clips of 0.24 s whose samples are their own times in seconds."""

    def change(record):
        first = record["start_time"] / 1e6
        count = len(record["waveform"])
        record["waveform"] = first + np.arange(count) / written_shards.RATE

    return written_shards.write(
        tmp_path_factory.mktemp("shards"),
        change=change,
        settings={"sound": {"rate": written_shards.RATE}},
    )


@pytest.mark.parametrize("split", ["train", "validation"])
def test_shifted_audio_is_that_of_the_same_video_some_time_off(rising, split):
    given = _batch(rising, split, _shifted(0.08))
    moved = given["shifted_audio"] - given["waveform"]
    np.testing.assert_allclose(np.abs(moved), 0.08, atol=1e-5)
    assert split == "train" or np.all(moved > 0)
    assert given["has_shifted_audio"].all()


def test_video_too_short_for_the_shift_has_no_shifted_audio(rising):
    given = _batch(rising, "train", _shifted(0.2))
    assert not given["has_shifted_audio"].any()


def test_shifted_audio_needs_audio(rising):
    given = dataclasses.replace(_shifted(0.08), audio=audio_features.Config())
    with pytest.raises(errors.UserError, match="--audio.features"):
        _batch(rising, "train", given)


def _of_texts(source, **more):
    text = text_tokens.Config("words", source, length=4, texts=3, **more)
    return clip_dataset.Input(
        batch.ClipSpec(frames=2, stride=1, size=16), text=text, frames=False
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Clips with the captions a and b, but the first one without any."""

    def change(record):
        if record["path"] != "clip0.mp4":
            record["captions"] = ["a", "b"]
            record["caption_starts"] = record["caption_ends"] = [-1, -1]
            record["questions"], record["answers"] = ["a", "b"], ["b", "a"]

    return written_shards.write(
        tmp_path_factory.mktemp("shards"),
        change=change,
        vocabulary=("a", "b"),
        settings={"words": {"kind": "words"}},
    )


def test_training_draws_one_of_several_captions(told):
    given = _batch(told, "train", _of_texts("captions"))
    assert given["has_text"].tolist() == [0, 1, 1, 1, 1, 1]
    assert set(given["tokens"][1:, 1]) == {4, 5}
    assert "all_tokens" not in given


def test_evaluation_gives_all_captions_padded(told):
    given = _batch(told, "validation", _of_texts("captions"))
    assert given["texts_mask"].tolist() == [
        [[0, 0, 0]],
        [[1, 1, 0]],
        [[1, 1, 0]],
    ]
    assert given["all_tokens"][1, 0, :, 1].tolist() == [4, 5, 3]
    assert given["tokens"][1, 0].tolist() == [2, 4, 3, 0]


def test_drawn_question_has_its_answer(told):
    given = _batch(told, "train", _of_texts("question"))
    pairs = zip(
        given["tokens"][1:, 1], given["answer_tokens"][1:, 1], strict=True
    )
    assert set(pairs) == {(4, 5), (5, 4)}


def test_several_captions_are_wanted_from_shards_that_hold_them(tmp_path):
    shards = written_shards.write(
        tmp_path,
        extras=(),
        vocabulary=("a",),
        settings={"words": {"kind": "words"}},
    )
    with pytest.raises(errors.UserError, match="no captions"):
        _batch(shards, "train", _of_texts("captions"))

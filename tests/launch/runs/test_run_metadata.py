import dataclasses
import json

import pytest

from launch.runs import run_metadata
from pipelines import batch
from tfrecords_tools import manifest
from tfrecords_tools.base import errors
from video_models import objective
from video_models.weights import recorded_metadata


def test_other_reference_is_refused_also_where_the_first_version_wrote():
    then = recorded_metadata.upgrade({"step": 2, "taught_by": "a"})
    run_metadata.check_reference(then, {"reference_fingerprint": "a"}, "RUN")
    with pytest.raises(errors.UserError, match="RUN was started with another"):
        run_metadata.check_reference(
            then, {"reference_fingerprint": "b"}, "RUN"
        )


def test_audio_and_text_are_known_without_shards():
    task = objective.Task(
        batch.ClipSpec(),
        ("a", "b"),
        audio=batch.AudioSpec("log_mel", 8000, 4000, 50, 64, 80),
        text=batch.TextSpec(12, 7, words=("x", "y", "z")),
    )
    shard = manifest.Shard("train", 1, 1, 1, 1, "0", "0")
    splits = {"train": (shard,)}
    empty = manifest.Manifest(("a", "b"), {}, False, splits, {})
    stored = json.loads(json.dumps(run_metadata.gather(task, empty, 4, {})))
    assert recorded_metadata.task(stored, task.clip) == task


@pytest.mark.parametrize(
    "change, match",
    [
        ({"audio": batch.AudioSpec("waveform", 16_000, 8000)}, "--audio.rate"),
        ({"text": batch.TextSpec(12, 7, words=("x", "y", "w"))}, "vocabulary"),
    ],
)
def test_other_audio_or_vocabulary_than_that_of_the_run_is_refused(
    change, match
):
    then = objective.Task(
        batch.ClipSpec(),
        (),
        audio=batch.AudioSpec("waveform", 8000, 4000),
        text=batch.TextSpec(12, 7, words=("x", "y", "z")),
    )
    run_metadata.check_entries(then, then, "SHARDS")
    with pytest.raises(errors.UserError, match=match):
        now = dataclasses.replace(then, **change)
        run_metadata.check_entries(then, now, "SHARDS")


@pytest.mark.parametrize(
    "name, before, after, match",
    [
        (
            "audio",
            batch.AudioSpec("waveform", 8000, 4000),
            batch.AudioSpec("waveform", 16_000, 8000),
            "--audio.rate=8000",
        ),
        (
            "text",
            batch.TextSpec(12, 7, words=("x", "y", "z")),
            batch.TextSpec(12, 7, words=("x", "y", "w")),
            "vocabulary",
        ),
    ],
)
def test_run_does_not_resume_with_other_audio_or_words(
    name, before, after, match
):
    same = {
        "labels": [],
        "batch_size": 4,
        "training_data": "0",
        "numerics": {},
    }
    then, now = ({**same, name: vars(each)} for each in (before, after))
    run_metadata.check(then, then, "SHARDS", "RUN")
    with pytest.raises(errors.UserError, match=match):
        run_metadata.check(then, now, "SHARDS", "RUN")

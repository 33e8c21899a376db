"""Metrics of a split, in batches of any size."""

import numpy as np
import pytest
import tensorflow as tf

from launch.evaluation import evaluation
from launch.runs import restored_run
from pipelines import batch, clip_dataset
from pipelines.reading import shard_reader
from video_models import objective as objectives


def test_every_clip_counts_once_whatever_the_batch(trained, toy_shards):
    run = restored_run.load_run(str(trained))
    reader = shard_reader.ShardReader(toy_shards, "validation")
    (first, rows), (second, others) = [
        evaluation.evaluate(
            run.objective,
            run.networks,
            run.strategy,
            reader,
            run.experiment.input,
            batch_size,
        )
        for batch_size in (3, 8)
    ]
    assert [each["examples"] for each in (first, second)] == [11, 11]
    assert first["confusion"] == second["confusion"]
    assert rows["clip_id"].tolist() == list(range(11))
    np.testing.assert_allclose(rows["scores"], others["scores"], atol=1e-6)
    right = rows["scores"].argmax(axis=1) == rows["label"]
    assert right.mean() == first["accuracy"]


class _Numbers(objectives.Objective):
    """Needs all clips at once to report their numbers."""

    def counts(self, networks, batch):
        return {}

    def rows(self, networks, batch):
        return {"number": 10 * batch["clip_id"]}

    def report(self, counts):
        return {}

    def report_rows(self, rows):
        return {"numbers": rows["number"].tolist()}


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_rows_of_all_clips_are_in_order_whatever_the_batch(
    toy_shards, batch_size
):
    clip = batch.ClipSpec(frames=1, size=8)
    found = evaluation.evaluate(
        _Numbers(),
        {},
        tf.distribute.get_strategy(),
        shard_reader.ShardReader(toy_shards, "validation"),
        clip_dataset.Input(clip),
        batch_size,
    )
    assert found.report["numbers"] == list(range(0, 110, 10))


def test_names_of_metrics_of_rows_are_known_without_clips(toy_shards):
    blank = evaluation.blank_report(
        _Numbers(),
        {},
        tf.distribute.get_strategy(),
        shard_reader.ShardReader(toy_shards, "validation"),
        clip_dataset.Input(batch.ClipSpec(frames=1, size=8)),
        3,
    )
    assert blank == {"numbers": []}

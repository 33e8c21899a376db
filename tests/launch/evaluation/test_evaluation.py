"""Metrics of a split, in batches of any size."""

import numpy as np

from launch.evaluation import evaluation
from launch.runs import restored_run
from pipelines.reading import shard_reader


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

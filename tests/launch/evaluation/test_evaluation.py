"""Metrics of a split, in batches of any size."""

from launch.evaluation import evaluation
from launch.runs import restored_run
from pipelines.reading import shard_reader


def test_every_clip_counts_once_whatever_the_batch(trained, toy_shards):
    run = restored_run.load_run(str(trained))
    reader = shard_reader.ShardReader(toy_shards, "validation")
    reports = [
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
    assert [report["examples"] for report in reports] == [11, 11]
    assert reports[0]["confusion"] == reports[1]["confusion"]

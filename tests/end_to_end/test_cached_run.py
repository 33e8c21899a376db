from launch.runs import run_flags
from launch.training import training_run
from tfrecords_tools.base import flags


def test_run_with_a_cache_is_validated_on_the_shards(coded_shards, tmp_path):
    parsed = flags.parse(
        run_flags.COMMAND,
        [
            f"--shards={coded_shards}",
            f"--reader.cache={tmp_path}/cache",
            "--reader.cache_short_side=16",
            "--train.steps=1",
            "--train.batch_size=4",
            "--clip.frames=2",
            "--clip.size=16",
            "--backbone.widths=4",
            "--temporal=none",
            "--temporal=none",
        ],
    )
    report = training_run.run(run_flags.to_experiment(parsed), tmp_path / "run")
    assert report["examples"] == 7 - 1  # One of them has no label.

import pytest

from launch.commands import train
from tfrecords_tools.base import errors, flags


def test_views_are_for_cross_validation_only(toy_shards, tmp_path):
    given = [
        f"--shards={toy_shards}",
        f"--workdir={tmp_path}/run",
        "--evaluate.views=2",
    ]
    with pytest.raises(errors.UserError, match="without --cross_validate"):
        train.main(flags.parse(train.COMMAND, given))

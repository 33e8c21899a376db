import pytest

from launch.commands import export
from tfrecords_tools.base import errors, flags


def test_stream_with_several_crops_is_refused(trained, tmp_path):
    arguments = ["--stream", "--crops=3"]
    folders = [f"--workdir={trained}", f"--output={tmp_path}"]
    given = flags.parse(export.COMMAND, [*arguments, *folders])
    with pytest.raises(errors.UserError, match="--crops=3.*--stream"):
        export.main(given)

import pytest

from launch.enhancement import enhancer
from tfrecords_tools.base import errors


def test_a_folder_without_a_network_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="no network that enhances"):
        enhancer.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"factor": 2}'])
def test_damaged_metadata_is_refused(tmp_path, text):
    (tmp_path / "assets.extra").mkdir()
    (tmp_path / "assets.extra" / enhancer._METADATA_FILE).write_text(text)
    with pytest.raises(errors.UserError, match="damaged .* export it again"):
        enhancer.load(tmp_path)

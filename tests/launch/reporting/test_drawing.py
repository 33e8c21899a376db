import numpy as np
import pytest

from launch.reporting import drawing
from tfrecords_tools.base import errors


@pytest.mark.parametrize(
    "shape, count",
    [((2, 70_000), 2), ((70_000, 2), 1), ((0, 4), 1), ((4, 4), 0)],
)
def test_what_no_gif_can_hold_is_one_clear_error(tmp_path, shape, count):
    path = tmp_path / "clips.gif"
    path.write_bytes(b"before")
    images = [np.zeros((*shape, 3), np.uint8)] * count
    with pytest.raises(errors.UserError, match="cannot write"):
        drawing.save_gif(path, images, 0.1)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]

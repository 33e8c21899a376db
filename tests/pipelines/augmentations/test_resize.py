import numpy as np

from pipelines.augmentations import resize
from tests import run_modes


@run_modes.both
def test_window_is_the_whole_frame(run):
    draw = resize.window(resize.Config())
    found = run(draw, np.int64([240, 320]), np.int64([1, 2]))
    assert found.numpy().tolist() == [0, 0, 240, 320]

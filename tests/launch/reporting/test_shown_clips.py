import numpy as np

from launch.reporting import shown_clips


def test_grid_has_even_sides_and_holds_every_clip():
    clips = np.arange(1, 6, dtype=np.uint8)[:, None, None, None, None]
    clips = np.broadcast_to(clips, (5, 3, 7, 9, 3))
    sheet = shown_clips.grid(clips)
    assert sheet.shape[0] == 3
    assert sheet.shape[1] % 2 == 0 and sheet.shape[2] % 2 == 0
    assert set(np.unique(sheet)) == {0, 1, 2, 3, 4, 5}


def test_columns_may_be_given():
    clips = np.zeros((4, 2, 8, 8, 3), np.uint8)
    assert shown_clips.grid(clips, columns=4).shape == (2, 10, 40, 3)

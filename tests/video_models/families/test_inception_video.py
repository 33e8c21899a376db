import dataclasses

import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.backbones import i3d
from video_models.families import inception_video

CLIP = batch.ClipSpec(frames=8, size=32)


@pytest.mark.parametrize("blocks", [(2, 5), (2, 6, 2), (3, 5, 2)])
def test_blocks_that_no_stage_has_are_refused(blocks):
    config = dataclasses.replace(inception_video.TINY, blocks=blocks)
    with pytest.raises(errors.UserError, match="three numbers, at most 2,5,2"):
        i3d.build(config, CLIP)

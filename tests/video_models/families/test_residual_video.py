import dataclasses

import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.backbones import r3d
from video_models.families import residual_video

CLIP = batch.ClipSpec(frames=4, size=32)


@pytest.mark.parametrize("blocks", [(2, 2, 2), (1, 1, 1, 1, 1)])
def test_blocks_of_other_than_four_stages_are_refused(blocks):
    config = dataclasses.replace(residual_video.TINY, blocks=blocks)
    with pytest.raises(errors.UserError, match="stages, wanted 4"):
        r3d.build(config, CLIP)


def test_each_stage_has_as_many_blocks_as_asked():
    config = dataclasses.replace(residual_video.TINY, blocks=(1, 2, 1, 1))
    names = [layer.name for layer in r3d.build(config, CLIP).layers]
    assert any("stage2_block2" in name for name in names)
    assert not any("stage1_block2" in name for name in names)

import dataclasses

import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.backbones import i3d_r50, slow
from video_models.families import bottleneck

CLIP = batch.ClipSpec(frames=2, size=32)


@pytest.mark.parametrize("blocks", [(3, 4, 6), (1, 1, 1, 1, 1)])
def test_blocks_of_other_than_four_stages_are_refused(blocks):
    config = dataclasses.replace(i3d_r50.TINY, blocks=blocks)
    assert isinstance(config, bottleneck.Config)
    with pytest.raises(errors.UserError, match="stages, wanted 4"):
        i3d_r50.build(config, CLIP)


def test_each_stage_has_as_many_blocks_as_asked():
    config = dataclasses.replace(slow.TINY, blocks=(1, 2, 1, 1))
    names = [layer.name for layer in slow.build(config, CLIP).layers]
    assert any("stage2_block2" in name for name in names)
    assert not any("stage1_block2" in name for name in names)

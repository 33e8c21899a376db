import dataclasses

import pytest

from tfrecords_tools.base import errors
from video_models.families.fusion import modalities
from video_models.fusion import bottleneck

SHAPES = {
    "frames": modalities.Modality((2, 1, 1, 3)),
    "audio": modalities.Modality((2, 1, 1, 3)),
}


def test_modalities_that_never_meet_are_refused():
    config = dataclasses.replace(bottleneck.TINY, fusion_layer=2)
    with pytest.raises(errors.UserError, match="never meet"):
        bottleneck.build(config, SHAPES)

import numpy as np
import pytest

from launch.runs import trained_features
from pipelines import batch
from tfrecords_tools.base import errors


def test_the_backbone_of_a_run_has_its_weights_at_any_size(trained):
    small, large = (
        trained_features.backbone(trained, batch.ClipSpec(frames=2, size=size))
        for size in (16, 32)
    )
    assert large.input.shape == (None, 2, 32, 32, 3)
    pairs = zip(small.get_weights(), large.get_weights(), strict=True)
    same = [one for one, other in pairs if np.array_equal(one, other)]
    assert len(same) > 3 and any(np.ptp(each) > 0 for each in same)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(errors.UserError):
        trained_features.backbone(
            str(tmp_path), batch.ClipSpec(frames=2, size=16)
        )

import dataclasses

import numpy as np
import pytest

from launch.runs import flag_paths, reference_network, run_flags
from pipelines import batch
from tfrecords_tools.base import errors


@pytest.fixture
def reference(trained):
    backbone = run_flags.read_experiment(trained).components.backbone
    return reference_network.Reference(
        str(trained), flag_paths.without_files(backbone)
    )


def test_the_backbone_of_a_run_has_its_weights_at_any_size(reference):
    small, large = (
        reference.build(batch.ClipSpec(frames=2, size=size))
        for size in (16, 32)
    )
    assert large.input.shape == (None, 2, 32, 32, 3)
    pairs = zip(small.get_weights(), large.get_weights(), strict=True)
    same = [one for one, other in pairs if np.array_equal(one, other)]
    assert len(same) > 3 and any(np.ptp(each) > 0 for each in same)


def test_a_folder_without_a_run_is_refused(reference, tmp_path):
    missing = dataclasses.replace(reference, workdir=str(tmp_path))
    with pytest.raises(errors.UserError):
        missing.build(batch.ClipSpec(frames=2, size=16))

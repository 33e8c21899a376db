import dataclasses

import numpy as np
import pytest

from tfrecords_tools.base import errors
from video_models.temporal import gru, lstm

FEATURES = np.random.default_rng(0).normal(size=(1, 5, 4)).astype(np.float32)


@pytest.mark.parametrize("module", [gru, lstm])
def test_a_network_that_reads_the_end_first_does_not_stream(module):
    config = dataclasses.replace(module.TINY, bidirectional=True)
    with pytest.raises(errors.UserError, match="bidirectional=false"):
        module.build_stream(config, (1, 4))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_only_both_directions_see_what_comes_later(bidirectional):
    config = dataclasses.replace(gru.TINY, bidirectional=bidirectional)
    network = gru.build(config, (5, 4))
    changed = FEATURES.copy()
    changed[:, 3] += 1.0
    before, after = (np.array(network(each))[0] for each in (FEATURES, changed))
    differs = np.any(before != after, axis=-1).tolist()
    assert differs[:3] == [bidirectional] * 3
    assert differs[3:] == [True] * 2

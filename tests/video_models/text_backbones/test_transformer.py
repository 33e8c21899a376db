import numpy as np
import pytest

from pipelines import batch
from tfrecords_tools.base import errors
from video_models.text_backbones import transformer

TEXT = batch.TextSpec(length=4, vocabulary=9)
# The same words in two orders.
INPUTS = {
    "tokens": np.int32([[5, 6, 7, 0], [6, 5, 7, 0]]),
    "tokens_mask": np.float32([[1, 1, 1, 0]] * 2),
}


@pytest.mark.parametrize("positions", ["learnt", "sinusoids"])
def test_order_of_the_words_counts(positions):
    config = transformer.Config(
        width=8, depth=1, heads=2, positions=positions, stochastic_depth=0.0
    )
    network = transformer.build(config, TEXT)
    one, other = np.array(network(INPUTS)["token"])
    assert np.abs(one - other).max() > 1e-4


def test_sinusoids_have_no_weights():
    counts = [
        transformer.build(transformer.Config(positions=p), TEXT).count_params()
        for p in ("learnt", "sinusoids")
    ]
    assert counts[0] - counts[1] == TEXT.length * transformer.Config.width


def test_width_that_the_heads_do_not_divide_is_refused():
    with pytest.raises(errors.UserError, match="wanted a multiple of 4"):
        transformer.build(transformer.Config(width=10), TEXT)

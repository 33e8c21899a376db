import keras
import pytest

from tfrecords_tools.base import errors
from video_models.optimization import freezing


@pytest.fixture
def networks():
    inputs = keras.Input((4,))
    x = keras.layers.Dense(3, name="stem")(inputs)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.Dense(2, name="logits")(keras.layers.Dropout(0.1)(x))
    return {"classifier": keras.Model(inputs, x)}


def trained(networks):
    return {v.path for v in networks["classifier"].trainable_variables}


def test_layers_that_a_pattern_is_found_in_are_kept(networks):
    frozen = freezing.freeze(networks, ("classifier/(stem|norm)",))
    assert len(frozen) == 2 + 4  # The averages of the normalisation, too.
    assert trained(networks) == {"logits/kernel", "logits/bias"}


def test_without_a_pattern_all_is_trained(networks):
    assert freezing.freeze(networks, ()) == []
    assert len(trained(networks)) == 6


def test_a_pattern_found_nowhere_is_refused_with_paths(networks):
    with pytest.raises(errors.UserError, match="freeze=head is found in no"):
        freezing.freeze(networks, ("stem", "head"))


def test_what_is_no_pattern_is_refused(networks):
    with pytest.raises(errors.UserError, match="no regular expression"):
        freezing.freeze(networks, ("(",))


def test_backbone_stands_for_the_layers_of_the_backbone(networks):
    inputs = keras.Input((4,))
    x = networks["classifier"](inputs)
    logits = keras.layers.Dense(2, name="logits")(x)
    whole = {"whole": keras.Model(inputs, logits)}
    assert len(freezing.freeze(whole, ("backbone",))) == 8
    assert [v.path for v in whole["whole"].trainable_variables] == [
        "logits/kernel",
        "logits/bias",
    ]

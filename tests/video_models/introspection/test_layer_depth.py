import keras
import pytest

from pipelines import batch
from tfrecords_tools.base import registry
from video_models import video_network
from video_models.introspection import layer_depth, layer_paths


@pytest.mark.parametrize(
    "layer, group",
    [
        ("stem_space", "stem"),
        ("stage1_block2_first_norm", "stage1_block2"),
        ("slow_stage2_block1_a", "slow_stage2_block1"),
        ("block3_norm1", "block3"),
        ("time_block3_qkv", "time_block3"),
        ("conv1_norm", "conv1"),
        ("block2a_dwconv", "block2a"),
        ("stem_conv2", "stem"),
        ("logits", "logits"),
    ],
)
def test_group_is_the_beginning_of_the_name(layer, group):
    assert layer_depth.group(layer) == group


def tiny():
    chosen = [
        registry.choose(package, name, registry.load(package, name).TINY)
        for package, name in (
            ("video_models.backbones", "frame_conv"),
            ("video_models.temporal", "attention"),
            ("video_models.heads", "classifier"),
        )
    ]
    clip = batch.ClipSpec(frames=2, size=8)
    return video_network.build(*chosen, clip, classes=3)


def test_groups_go_from_the_pixels_to_the_head():
    names = list(layer_depth.groups(tiny()))
    assert names[:3] == [
        "frame_conv/conv1",
        "frame_conv/conv2",
        "frame_conv/whole",
    ]
    assert names[-1] == "classifier/logits"


def test_head_has_distance_0_and_a_lone_norm_goes_with_what_follows():
    network = tiny()
    found = layer_depth.distances(network)
    by_path = {w.path: found[id(w.variable)] for w in paths(network)}
    assert by_path["classifier/logits/kernel"] == 0
    # The last norm of the temporal block has no kernel.
    assert by_path["attention/norm/gamma"] == 0
    assert by_path["attention/mlp1/kernel"] == 1
    assert by_path["frame_conv/conv1/kernel"] == max(found.values())


def paths(network):
    return layer_paths.weights(network)


def test_every_weight_has_its_own_path_and_slot():
    network = tiny()
    found = paths(network)
    assert len({w.path for w in found}) == len(network.weights)
    assert len({w.slot for w in found}) == len(network.weights)


def test_slot_is_the_number_within_the_layer():
    slots = {w.path: w.slot for w in paths(tiny())}
    norm = "frame_conv/conv1_norm"
    assert slots[f"{norm}/moving_mean"] == f"{norm}/2"
    query = "attention/attention1/query"
    assert slots[f"{query}/bias"] == f"{query}/1"


def test_layer_shared_by_two_networks_counts_once():
    inputs = keras.Input((2,))
    dense = keras.layers.Dense(2, name="dense")
    inner = keras.Model(inputs, dense(inputs), name="inner")
    outer = keras.Model(inputs, dense(inner(inputs)), name="outer")
    assert [w.path for w in paths(outer)] == [
        "inner/dense/kernel",
        "inner/dense/bias",
    ]


def test_every_head_of_several_has_distance_0():
    frames = keras.Input((2, 8))
    inputs = keras.Input((2, 8))
    trunk = keras.Model(inputs, keras.layers.Dense(4, name="conv1")(inputs))

    def head(name):
        given = keras.Input((2, 4))
        made = keras.layers.Dense(3, name="logits")(given)
        return keras.Model(given, made, name=name)

    features = trunk(frames)
    heads = [head(name) for name in ("one", "other")]
    network = keras.Model(frames, [each(features) for each in heads])
    found = layer_depth.distances(network)
    assert [found[id(each.weights[0])] for each in heads] == [0, 0]
    assert found[id(trunk.weights[0])] == 1

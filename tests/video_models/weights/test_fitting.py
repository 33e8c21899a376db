import keras
import numpy as np
import pytest

from video_models.weights import fitting, published_weights, report


def backbone():
    inputs = keras.Input((4, 4, 3))
    x = keras.layers.Conv2D(2, 3, name="stem_conv")(inputs)
    x = keras.layers.BatchNormalization(name="stem_norm")(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(2, name="block1_dense")(x)
    return keras.Model(inputs, x, name="backbone")


def network(classes=5):
    inputs = keras.Input((4, 4, 3))
    x = backbone()(inputs)
    middle = keras.Input((2,))
    again = keras.layers.Dense(2, name="block1_dense")(middle)
    x = keras.Model(middle, again, name="temporal")(x)
    head = keras.Input((2,))
    logits = keras.layers.Dense(classes, name="logits")(head)
    x = keras.Model(head, logits, name="head")(x)
    return {"classifier": keras.Model(inputs, x, name="network")}


def arrays_of(networks, by_slot=False):
    return {
        each.slot if by_slot else each.path: np.full(each.variable.shape, 3.0)
        for each in fitting.list_targets(networks)
    }


def fitted(rows):
    return [row.target.path for row in rows if row.source is not None]


@pytest.mark.parametrize("by_slot", [False, True])
def test_everything_but_another_head_fits(by_slot):
    wanted = fitting.list_targets(network(classes=7))
    arrays = arrays_of(network(classes=5), by_slot)
    rows = fitting.load_by_path(wanted, arrays, by_slot)
    fresh = [row for row in rows if row.source is None]
    assert [(row.target.path, row.why) for row in fresh] == [
        ("classifier/head/logits/kernel", "was (2, 5)"),
        ("classifier/head/logits/bias", "was (5,)"),
    ]
    loaded = [row for row in rows if row.source is not None]
    assert all(np.all(row.target.variable == 3.0) for row in loaded)


def test_backbone_alone_fills_the_backbone_alone():
    arrays = arrays_of({"file": backbone()})
    found = fitted(
        fitting.load_by_path(fitting.list_targets(network()), arrays)
    )
    # Not the temporal block, whose layer has the same name.
    assert found and all("/backbone/" in path for path in found)


def test_network_of_another_name_and_depth_fits():
    (built,) = network().values()
    arrays = arrays_of({"encoder": built.get_layer("backbone")})
    found = fitted(
        fitting.load_by_path(fitting.list_targets(network()), arrays)
    )
    assert "classifier/backbone/stem_conv/kernel" in found


def test_array_is_taken_once():
    wanted = fitting.list_targets(network())
    arrays = {"block1_dense/kernel": np.zeros((2, 2), np.float32)}
    rows = fitting.load_by_path(wanted, arrays)
    assert len([r for r in rows if r.why != "not there"]) == 1


NAMES = {
    "stem_conv/kernel": "stem.conv.weight",
    "stem_conv/bias": "stem.conv.bias",
    "stem_norm/gamma": "stem.norm.weight",
    "block1_dense/kernel": "fc.weight",
}


def published(prefix="module.", **changes):
    draw = np.random.default_rng(0).normal
    arrays = {
        "stem.conv.weight": draw(size=(2, 3, 3, 3)),
        "stem.conv.bias": draw(size=2),
        "stem.norm.weight": draw(size=2),
        # A convolution over the whole frame, where ours is dense.
        "fc.weight": draw(size=(2, 2, 2, 2)),
        "stem.norm.num_batches_tracked": np.array(7),
    }
    return {f"{prefix}{k}": v for k, v in (arrays | changes).items()}


def load(arrays, outputs_first=True):
    networks = network()
    rows = published_weights.load(
        fitting.list_targets(networks),
        NAMES.get,
        arrays,
        outputs_first,
        ("backbone",),
    )
    return networks["classifier"].get_layer("backbone"), rows


def test_kernel_of_pytorch_is_turned():
    arrays = published()
    built, _ = load(arrays)
    np.testing.assert_allclose(
        built.get_layer("stem_conv").kernel,
        arrays["module.stem.conv.weight"].transpose(2, 3, 1, 0),
        rtol=1e-6,
    )


def test_dense_layer_holds_a_convolution_over_the_whole_frame():
    arrays = published()
    built, _ = load(arrays)
    kernel = arrays["module.fc.weight"].transpose(2, 3, 1, 0)
    np.testing.assert_allclose(
        built.get_layer("block1_dense").kernel,
        kernel.reshape(8, 2),
        rtol=1e-6,
    )


def test_kernel_of_tensorflow_is_only_reshaped():
    kernel = np.random.default_rng(1).normal(size=(3, 3, 3, 2, 1))
    arrays = published("", **{"stem.conv.weight": kernel})
    built, _ = load(arrays, outputs_first=False)
    np.testing.assert_allclose(
        built.get_layer("stem_conv").kernel, kernel[..., 0], rtol=1e-6
    )


@pytest.mark.parametrize("prefix", ["", "module.", "model/encoder/"])
def test_what_all_names_begin_with_does_not_matter(prefix):
    _, rows = load(published(prefix))
    assert len(fitted(rows)) == len(NAMES)


def test_weights_of_other_parts_stay_fresh():
    _, rows = load(published())
    assert all("/backbone/" in path for path in fitted(rows))


def test_report_counts_parameters_and_names_what_is_fresh():
    arrays = published(**{"fc.weight": np.zeros((5, 2, 2, 2))})
    _, rows = load(arrays)
    found = report.build("x.pth", rows, list(arrays))
    # 54 + 2 of the convolution and 2 of the norm's 8, of 103 in all.
    assert found.share == pytest.approx(58 / 103)
    assert found.summary().startswith("loaded 56.3 % of the parameters")
    lines = found.text().splitlines()
    assert "  classifier/backbone: 58 of 82" in lines
    fresh = "  classifier/backbone/block1_dense/kernel (8, 2) was (5, 2, 2, 2)"
    assert fresh in lines
    assert "module.fc.weight" in found.unused
    assert not [name for name in found.unused if "num_batches" in name]


def test_bias_of_a_layer_of_another_width_stays_fresh():
    wanted = fitting.list_targets(network())
    arrays = arrays_of(network())
    arrays["classifier/head/logits/kernel"] = np.zeros((9, 5))
    rows = fitting.load_by_path(wanted, arrays)
    assert rows[-1].target.path == "classifier/head/logits/bias"
    assert rows[-1].why == "its layer was another"
    assert np.all(rows[-1].target.variable == 0.0)

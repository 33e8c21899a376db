"""What a network knows of a label is found again by the label's name."""

import keras
import numpy as np
import pytest

from pipelines import batch
from tests.video_models.objectives import test_multi_task
from video_models import objective
from video_models.classification import label_axes
from video_models.layers.attention import token_embedding
from video_models.weights import fitting, label_rows, report

KERNEL = "classifier/video_network/classifier/logits/kernel"


def head(classes, name="classifier", network="classifier"):
    features = keras.Input((2,))
    logits = keras.layers.Dense(classes, name="logits")(features)
    inner = keras.Model(features, logits, name=name)
    inputs = keras.Input((2,))
    return {network: keras.Model(inputs, inner(inputs), name="video_network")}


def load(wanted, found, networks=None, arrays=None):
    """The report, and the columns of the kernel by the new labels."""
    networks = networks or head(len(wanted))
    before = networks["classifier"].get_layer("classifier")
    before = before.get_layer("logits").kernel.numpy()
    arrays = arrays or {
        KERNEL: np.tile(np.arange(len(found), dtype=np.float32), (2, 1)),
        KERNEL.replace("kernel", "bias"): np.arange(len(found)) + 10.0,
    }
    compare = label_rows.compare({"": wanted}, found and {"": found})
    rows = fitting.load_by_path(
        fitting.list_targets(networks), arrays, compare=compare
    )
    layer = networks["classifier"].get_layer("classifier").get_layer("logits")
    kernel = layer.kernel.numpy()
    columns = {
        label: "fresh"
        if (kernel[:, n] == before[:, n]).all()
        else int(kernel[0, n])
        for n, label in enumerate(wanted)
    }
    return report.build("a", rows, list(arrays)), columns, layer.bias.numpy()


def test_equal_labels_are_loaded_as_they_are():
    found, columns, _ = load(("a", "b", "c"), ("a", "b", "c"))
    assert columns == {"a": 0, "b": 1, "c": 2}
    assert found.share == 1.0 and found.is_whole and not found.notes


def test_labels_in_another_order_are_put_in_place():
    found, columns, bias = load(("c", "a", "b"), ("a", "b", "c"))
    assert columns == {"c": 2, "a": 0, "b": 1}
    assert list(bias) == [12, 10, 11]
    assert found.is_whole
    said = "3 of 3 labels by name, their order was another"
    assert found.summary().count(said) == 1


def test_labels_equal_to_the_eye_are_one():
    found, columns, _ = load(("b", "\u2764"), ("\u2764\ufe0f", "b"))
    assert columns == {"b": 1, "\u2764": 0}
    assert found.is_whole


def test_as_many_other_labels_leave_the_head_fresh():
    found, columns, bias = load(("x", "y", "z"), ("a", "b", "c"))
    assert set(columns.values()) == {"fresh"} and not bias.any()
    assert found.share == 0.0
    assert "logits/kernel (2, 3) its labels were a, b, c" in found.summary()


@pytest.mark.parametrize(
    ("wanted", "columns", "said"),
    [
        (("a", "n", "c"), {"a": 0, "n": "fresh", "c": 2}, "2 of 3"),
        (("n", "b"), {"n": "fresh", "b": 1}, "1 of 2"),
        (
            ("a", "b", "c", "n"),
            {"a": 0, "b": 1, "c": 2, "n": "fresh"},
            "3 of 4 labels by name, fresh n",
        ),
        (("c", "a"), {"c": 2, "a": 0}, "2 of 2 labels by name, not used b"),
    ],
)
def test_labels_that_are_the_same_are_loaded_and_new_ones_fresh(
    wanted, columns, said
):
    found, got, _ = load(wanted, ("a", "b", "c"))
    assert got == columns
    assert said in found.summary() and said in found.text()
    assert found.is_whole == ("fresh" not in columns.values())


def test_share_counts_the_rows_that_were_loaded():
    found, _, _ = load(("a", "n"), ("a", "b", "c"))
    assert found.share == 0.5


def test_labels_that_nobody_knows_are_taken_in_order_and_told():
    arrays = {KERNEL: np.ones((2, 2), np.float32)}
    found, _, _ = load(("a", "b"), None, arrays=arrays)
    assert label_rows.UNKNOWN in found.summary()


def test_features_of_another_width_stay_fresh():
    arrays = {KERNEL: np.ones((5, 3), np.float32)}
    found, columns, _ = load(("c", "a", "b"), ("a", "b", "c"), arrays=arrays)
    assert set(columns.values()) == {"fresh"}
    assert "was (5, 3)" in found.summary()


def _two_tasks(place):
    tasks = {"place": objective.LabelSet(place)}
    return test_multi_task.build(tasks=tasks), {"": ("a", "b", "c")} | {
        name: each.labels for name, each in tasks.items()
    }


def test_heads_of_tasks_are_loaded_by_their_own_labels():
    source, found = _two_tasks(("inside", "outside"))
    goal, wanted = _two_tasks(("outside", "garden"))
    targets = fitting.list_targets(source.networks)
    arrays = {each.path: each.variable.numpy() for each in targets}
    compare = label_rows.compare(wanted, found)
    rows = fitting.load_by_path(
        fitting.list_targets(goal.networks), arrays, compare=compare
    )
    (note,) = report.build("a", rows, list(arrays)).notes
    assert note == "1 of 2 labels by name, fresh garden, not used inside"
    path = "multi_task/classifier_place/logits/kernel"
    for target in fitting.list_targets(goal.networks):
        if target.path == path:
            kernel = target.variable.numpy()
            np.testing.assert_array_equal(kernel[:, 0], arrays[path][:, 1])
        elif "classifier/logits" in target.path:
            loaded = target.variable.numpy()
            np.testing.assert_array_equal(loaded, arrays[target.path])


SETS = {"": ("a", "b"), "place": ("x", "y"), "no w": ("p", "q", "r")}


@pytest.mark.parametrize(
    ("path", "shape", "axis"),
    [
        ("multi_task/classifier/logits/kernel", (4, 2), (1, ("a", "b"))),
        ("multi_task/classifier_place/logits/bias", (2,), (0, ("x", "y"))),
        ("multi_task/per_frame_no_w/logits/bias", (3,), (0, ("p", "q", "r"))),
        ("multi_task/classifier_place/logits/kernel", (4, 3), None),
        ("classifier/video_network/stem/kernel", (4, 2), None),
        ("generator/content_motion/label_vector/kernel", (2, 7), (0, "ab")),
        ("generator/content_motion/label_vector/bias", (2,), None),
        ("image/image/of_label/kernel", (2, 7), (0, ("a", "b"))),
        ("logits/0", (4, 2), (1, ("a", "b"))),
    ],
)
def test_axis_of_labels_is_known_by_the_name(path, shape, axis):
    found = label_axes.find_axis(path, shape, SETS)
    wanted = axis and label_axes.Axis(axis[0], tuple(axis[1]))
    assert found == wanted


def test_network_without_labels_has_no_axis_of_them():
    path = "classifier/projection/logits/kernel"
    assert label_axes.find_axis(path, (4, 2), {"": ()}) is None


def test_heads_of_tasks_of_like_names_are_told_apart():
    scopes = label_axes.head_scopes(["a b", "a_b", "c"])
    assert scopes == {"a b": "a_b", "a_b": "a_b_2", "c": "c"}


def test_vectors_of_words_are_found_by_the_words():
    def words(*listed):
        text = batch.TextSpec(4, len(listed) + 1, words=listed)
        return label_axes.words_of(text)

    inputs = keras.Input((4,), dtype="int32")
    layer = token_embedding.TokenEmbedding(4, 1, name="stem_tokens")
    networks = {"classifier": keras.Model(inputs, layer(inputs))}
    before = layer.table.numpy()[2]
    arrays = {"other/stem_tokens/table": np.float32([[0], [1], [2], [3]])}
    compare = label_rows.compare(words("b", "new", "a"), words("a", "b", "c"))
    fitting.load_by_path(
        fitting.list_targets(networks), arrays, compare=compare
    )
    # The special token, b, a fresh vector, a.
    assert layer.table.numpy()[:, 0].tolist() == [0, 2, *before, 1]

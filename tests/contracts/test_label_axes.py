"""Whatever has an axis of labels is found by its name.

What changes its shape with the number of labels, and only that, is what
`label_axes` finds, at that axis. So a new head, generator or discriminator
is mapped by label names, or fails here.
"""

import keras
import pytest

from pipelines import batch
from tfrecords_tools.base import registry
from video_models.classification import label_axes
from video_models.introspection import layer_paths

CLIP = batch.ClipSpec(frames=4, size=16)
LABELS = tuple("abcdefghijklmnopqrstu")
FEW, MANY = 19, 21


def _check(build):
    few, many = (layer_paths.weights(build(count)) for count in (FEW, MANY))
    for one, other in zip(few, many, strict=True):
        shapes = tuple(one.variable.shape), tuple(other.variable.shape)
        sets = {label_axes.MAIN: LABELS[:FEW]}
        axis = label_axes.find_axis(f"network/{one.path}", shapes[0], sets)
        pairs = enumerate(zip(*shapes, strict=True))
        differ = [n for n, (a, b) in pairs if a != b]
        assert differ == ([axis.number] if axis else []), one.path


@pytest.mark.parametrize(
    "name",
    [n for n in registry.names_in("video_models.heads") if n != "published"],
)
def test_head(name):
    module = registry.load("video_models.heads", name)
    _check(lambda classes: module.build(module.TINY, (3, 8), classes))


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (folder, name)
        for folder in ("generators", "discriminators")
        for name in registry.names_in(f"video_models.{folder}")
    ],
)
def test_part_of_a_gan(folder, name):
    module = registry.load(f"video_models.{folder}", name)
    if folder == "generators" and module.MAKES != "frames of noise":
        pytest.skip("makes clips for no labels")
    noise = {"noise": 8} if folder == "generators" else {}
    _check(lambda classes: module.build(module.TINY, CLIP, classes, **noise))


@pytest.mark.parametrize("name", registry.names_in("video_models.backbones"))
def test_published_head(name):
    module = registry.load("video_models.backbones", name)
    if module.published_head is None:
        pytest.skip("has none")
    shapes = {"volume": (2, 3, 3, 8), "token": (8,), "fast": (4, 3, 3, 8)}
    spec = module.published_head

    def build(classes):
        keras.utils.clear_session(free_memory=False)
        return spec(module.TINY, shapes, classes, 0.1)

    _check(build)

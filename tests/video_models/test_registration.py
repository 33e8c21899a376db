"""`import video_models` lets Keras load our saved networks."""

import ast
import json

import keras
import pytest

from pipelines import batch
from tests import forked
from tests.house import sources
from tfrecords_tools.base import registry
from video_models import registration

CLIP = batch.ClipSpec(frames=8, size=32)
PROGRAM = """
import json, sys, video_models
has_keras_cv = "keras_cv" in sys.modules
import keras
print(json.dumps({
    "has_keras_cv": has_keras_cv,
    "classes": list(keras.saving.get_custom_objects()),
    "counts": {
        path: keras.models.load_model(path).count_params()
        for path in sys.argv[1:]
    },
}))
"""


def registered_classes():
    """The classes that some file of the room decorates."""
    found = set()
    for path in sources.paths("video_models"):
        for node in ast.walk(sources.parsed(path)):
            decorators = getattr(node, "decorator_list", [])
            if any("serializable" in ast.dump(each) for each in decorators):
                found.add(f"video_models>{node.name}")
    return found


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Path to the number of weights."""
    folder = tmp_path_factory.mktemp("saved")
    counts = {}
    for name in ("vit", "video_swin", "movinet"):
        module = registry.load("video_models.backbones", name)
        network = module.build(module.TINY, CLIP)
        path = str(folder / f"{name}.keras")
        network.save(path)
        counts[path] = network.count_params()
    return counts


@pytest.fixture(scope="module")
def fresh(saved):
    """What a process knows that has imported nothing but the room."""
    done = forked.run_code(PROGRAM, *saved)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_importing_the_room_registers_every_class(fresh):
    assert len(registered_classes()) > 20
    assert not registered_classes() - set(fresh["classes"])


def test_a_fresh_process_loads_saved_networks(saved, fresh):
    assert fresh["counts"] == saved


def test_the_room_is_imported_without_keras_cv(fresh):
    assert not fresh["has_keras_cv"]


def test_registering_twice_does_no_harm():
    registration.register()
    known = keras.saving.get_custom_objects()
    assert "video_models>WarmUp" in known

"""`import video_models` lets Keras load our saved networks."""

import ast
import subprocess
import sys

import keras
import pytest

from pipelines import batch
from tests.house import sources
from tfrecords_tools.base import registry
from video_models import registration

CLIP = batch.ClipSpec(frames=8, size=32)


def registered_classes():
    """The classes that some file of the room decorates."""
    found = set()
    for path in sources.paths("video_models"):
        for node in ast.walk(sources.parsed(path)):
            decorators = getattr(node, "decorator_list", [])
            if any("serializable" in ast.dump(each) for each in decorators):
                found.add(f"video_models>{node.name}")
    return found


def fresh(program, *arguments):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=sources.ROOT,
        capture_output=True,
        text=True,
    )


def test_importing_the_room_registers_every_class():
    program = (
        "import keras, video_models\n"
        "print(*keras.saving.get_custom_objects(), sep='\\n')"
    )
    known = fresh(program).stdout.splitlines()
    assert len(registered_classes()) > 20
    assert not registered_classes() - set(known)


@pytest.mark.parametrize("name", ["vit", "video_swin", "movinet"])
def test_a_fresh_process_loads_a_saved_network(name, tmp_path):
    module = registry.load("video_models.backbones", name)
    network = module.build(module.TINY, CLIP)
    network.save(tmp_path / "a.keras")
    program = (
        "import sys, keras, video_models\n"
        "print(keras.models.load_model(sys.argv[1]).count_params())"
    )
    result = fresh(program, str(tmp_path / "a.keras"))
    assert result.stdout.split() == [str(network.count_params())], result.stderr


def test_the_room_is_imported_without_keras_cv():
    program = "import sys, video_models; print('keras_cv' in sys.modules)"
    assert fresh(program).stdout == "False\n"


def test_registering_twice_does_no_harm():
    registration.register()
    known = keras.saving.get_custom_objects()
    assert "video_models>WarmUp" in known

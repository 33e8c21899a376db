"""Records what the Model Garden's MoViNet-A0 answers, given drawn weights.

The Model Garden is the real package, in an environment of its own:

    python3.11 -m venv /tmp/garden
    /tmp/garden/bin/pip install -r tests/peers/model_garden/requirements.txt
    /tmp/garden/bin/pip install --no-deps tf-models-official==2.20.0
    /tmp/garden/bin/python tests/peers/model_garden/record_movinet.py

Writes movinet_a0_base.json and movinet_a0_stream.json into
tests/goldens/model_garden: the shapes of a checkpoint by the names that
`weights.garden_checkpoint` gives, from which `random_weights` draws the
weights again, and the logits for the clip that it draws. The stream network
has positions here, which the released A0 lacks and A3 to A5 have, so that they
are compared too."""

import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[3]))

import numpy as np
import tensorflow as tf
from official.projects.movinet.modeling import movinet, movinet_model

from tests.goldens import random_weights
from video_models.weights import garden_checkpoint

FOLDER = pathlib.Path(random_weights.__file__).parent / "model_garden"
CLASSES, FRAMES, SIZE, GAIN = 600, 8, 44, 1.2
STREAM = {
    "causal": True,
    "conv_type": "2plus1d",
    "se_type": "2plus3d",
    "activation": "hard_swish",
    "gating_activation": "hard_sigmoid",
    "use_positional_encoding": True,
}


def build(settings):
    backbone = movinet.Movinet(model_id="a0", use_sync_bn=False, **settings)
    network = movinet_model.MovinetClassifier(backbone, num_classes=CLASSES)
    network.build([1, FRAMES, SIZE, SIZE, 3])
    return network


def named_variables(network):
    """Every weight by the name that a checkpoint of it would give."""
    root = tf.train.Checkpoint(model=network)
    ways, found = collections.deque([("", root)]), {id(root): ("", root)}
    while ways:
        way, parent = ways.popleft()
        for step, each in tf.train.TrackableView.children(parent).items():
            if id(each) not in found:
                found[id(each)] = (f"{way}/{step}", each)
                ways.append(found[id(each)])
    variables = {w: v for w, v in found.values() if isinstance(v, tf.Variable)}
    keys = garden_checkpoint.keys({w: v.name for w, v in variables.items()})
    assert len(keys) == len(network.weights)
    return {name: variables[key] for name, key in keys.items()}


def shape_of(variable):
    """With the channels last, also where a depthwise kernel has them third."""
    shape = list(variable.shape)
    if "depthwise_kernel" in variable.name:
        shape[2:] = reversed(shape[2:])
    return shape


def record(name, settings):
    network = build(settings)
    variables = named_variables(network)
    shapes = {k: shape_of(v) for k, v in sorted(variables.items())}
    for key, drawn in random_weights.draw(shapes, GAIN).items():
        variables[key].assign(np.reshape(drawn, variables[key].shape))
    clip = np.float32(random_weights.clip(FRAMES, SIZE)) / 255
    logits = np.asarray(network({"image": clip}, training=False))
    logits = logits.reshape(-1)
    print(f"{name}: logits {logits.mean():.3f} +- {logits.std():.3f}")
    golden = {
        "parameters": int(sum(np.prod(v.shape) for v in network.weights)),
        "shapes": shapes,
        "gain": GAIN,
        "classes": CLASSES,
        "frames": FRAMES,
        "size": SIZE,
        "logits": [round(float(each), 6) for each in logits],
    }
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    record("movinet_a0_base", {})
    record("movinet_a0_stream", STREAM)

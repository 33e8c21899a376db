"""What every part that offers a stream must hold to: stream equals clip.

A file may give `TINY_STREAM`, settings under which it is causal, where `TINY`
are not such. Backbones that see each frame alone have no states to test.
"""

import dataclasses
import functools

import keras
import numpy as np
import pytest

from pipelines import batch
from tests.contracts import network_checks
from tfrecords_tools.base import registry
from video_models import streaming_network

CLIP = batch.ClipSpec(frames=8, size=32)
FEATURES, CLASSES = 6, 3
EVENLY, UNEVENLY = (1,) * 8, (1, 2, 5)
chunked = pytest.mark.parametrize(
    "chunks", [EVENLY, UNEVENLY], ids=["frame by frame", "in uneven chunks"]
)


def with_stream():
    """Folder and name of every part; published heads are their backbone's."""
    for folder in ("backbones", "temporal", "heads"):
        package = f"video_models.{folder}"
        for name in registry.names_in(package):
            module = registry.load(package, name)
            alone = folder == "backbones" and module.FRAMES_ALONE
            if module.build_stream and not alone:
                yield folder, name
            if folder == "backbones" and module.published_head_stream:
                yield "published", name


every_part = pytest.mark.parametrize("folder, name", sorted(with_stream()))


def chosen(folder, name):
    folder = "backbones" if folder == "published" else folder
    module = registry.load(f"video_models.{folder}", name)
    config = module.TINY_STREAM or module.TINY
    return registry.Chosen(name, module, config)


@functools.cache
def clip_network(folder, name):
    part = chosen(folder, name)
    keras.utils.set_random_seed(1)
    if folder == "backbones":
        network = part.build(CLIP)
    elif folder == "temporal":
        network = part.build((8, FEATURES))
    elif folder == "heads":
        network = part.build((8, FEATURES), CLASSES)
    else:
        network = part.module.published_head(
            part.config, shapes(name, 8), CLASSES, None
        )
    network.set_weights([_moved(each) for each in network.get_weights()])
    return network


def _moved(weights):
    """Away from zeros and ones, under which mistakes may hide."""
    random = np.random.default_rng(weights.size)
    moved = weights + 0.1 * random.random(weights.shape)
    return moved.astype(weights.dtype)


@functools.cache
def stream_network(folder, name, frames):
    part, module = chosen(folder, name), chosen(folder, name).module
    if folder == "backbones":
        clip = dataclasses.replace(CLIP, frames=frames)
        network = module.build_stream(part.config, clip)
    elif folder == "temporal":
        network = module.build_stream(part.config, (frames, FEATURES))
    elif folder == "heads":
        network = module.build_stream(part.config, (frames, FEATURES), CLASSES)
    else:
        network = module.published_head_stream(
            part.config, shapes(name, frames), CLASSES, None
        )
    network.set_weights(clip_network(folder, name).get_weights())
    return network


@functools.cache
def shapes(backbone, frames):
    """Of a backbone's outputs for so many frames."""
    given = clip_network("backbones", backbone).output
    return {
        name: (frames, *x.shape[2:]) if name == "volume" else tuple(x.shape[1:])
        for name, x in given.items()
    }


def clip_of(folder, name):
    """All time steps that go into a part, by name of its input."""
    if folder == "backbones":
        return {"frames": network_checks.random_inputs(CLIP.shape, 255.0)}
    if folder == "published":
        given = shapes(name, 8)
        return {k: network_checks.random_inputs(s) for k, s in given.items()}
    return {"features": network_checks.random_inputs((8, FEATURES))}


def summarizes(folder, name):
    return folder == "temporal" and chosen(folder, name).module.SUMMARIZES


def by_name(found, folder):
    if isinstance(found, dict):
        return found
    return {"features" if folder == "temporal" else "logits": found}


def stream(folder, name, chunks, clip):
    """What comes of each chunk, states left out; and the last states."""
    start, outputs = 0, []
    states = streaming_network.zero_states(
        stream_network(folder, name, chunks[0]), batch_size=2
    )
    for frames in chunks:
        network = stream_network(folder, name, frames)
        chunk = {k: x[:, start : start + frames] for k, x in clip.items()}
        given = {
            k: keras.ops.convert_to_tensor(x)
            for k, x in {**chunk, **states}.items()
        }
        found = {k: np.array(x) for k, x in network(given).items()}
        states = {k: x for k, x in found.items() if k.startswith("state_")}
        outputs.append({k: x for k, x in found.items() if k not in states})
        start += frames
    return outputs, states


@every_part
@chunked
def test_stream_gives_what_the_clip_gives(folder, name, chunks):
    clip = clip_of(folder, name)
    network = clip_network(folder, name)
    alone = not isinstance(network.input, dict)
    whole = network(next(iter(clip.values())) if alone else clip)
    outputs, _ = stream(folder, name, chunks, clip)
    for key, wanted in by_name(whole, folder).items():
        if folder in ("heads", "published") or summarizes(folder, name):
            found = outputs[-1][key]
        else:
            found = np.concatenate([each[key] for each in outputs], axis=1)
        np.testing.assert_allclose(found, wanted, atol=1e-4, rtol=0)


@every_part
def test_states_keep_name_shape_and_dtype(folder, name):
    network = stream_network(folder, name, 1)
    before = streaming_network.zero_states(network, batch_size=2)
    _, after = stream(folder, name, (1,), clip_of(folder, name))
    kinds = [
        {k: (x.shape, str(x.dtype)) for k, x in states.items()}
        for states in (before, after)
    ]
    assert kinds[0] == kinds[1]
    assert {dtype for _, dtype in kinds[0].values()} <= {"float32", "int32"}


@every_part
def test_stream_has_the_weights_of_the_clip_network_in_their_order(
    folder, name
):
    networks = [clip_network(folder, name), stream_network(folder, name, 1)]
    paths = [[w.path for w in network.weights] for network in networks]
    assert paths[0] == paths[1]

import json
import math

import keras
import pytest

from launch.commands import describe
from launch.model_summary import (
    described_network,
    multiply_adds,
    network_blocks,
    network_graph,
)
from launch.runs import run_flags
from tfrecords_tools.base import errors, flags

SMALL = (
    "--backbone=frame_conv",
    "--backbone.widths=4,8",
    "--backbone.features=8",
    "--clip.frames=4",
    "--clip.size=16",
    "--classes=5",
)
# Of the convolutions, then the Dense of the head.
CONVOLUTIONS = 4 * (8 * 8 * 4 * 27 + 4 * 4 * 8 * 36 + 8 * 128)
PARAMETERS = (4 * 27 + 4 * 4) + (8 * 36 + 4 * 8) + (8 * 128 + 8) + (8 * 5 + 5)


def described(*arguments):
    resolved = flags.parse(describe.COMMAND, arguments)
    return described_network.resolve(
        run_flags.to_components(resolved),
        resolved.sections["clip"],
        resolved.settings.classes,
    )


def printed(capsys, *arguments):
    describe.main(flags.parse(describe.COMMAND, [*SMALL, *arguments]))
    return capsys.readouterr().out


def test_programs_get_every_number(capsys):
    given = ("--temporal=none", "--json", "--repeats=2")
    found = json.loads(printed(capsys, *given))
    latency, activations = found.pop("latency_ms"), found["activation_bytes"]
    assert latency > 0 and activations > 0
    assert found == {
        "backbone": "frame_conv",
        "variant": None,
        "temporal": "none",
        "head": "classifier",
        "clip": {"frames": 4, "size": 16},
        "classes": 5,
        "parameters": PARAMETERS,
        "trainable_parameters": PARAMETERS - 2 * (4 + 8),
        "parameter_bytes": 4 * PARAMETERS,
        "multiply_adds": CONVOLUTIONS + 8 * 5,
        "activation_bytes": activations,
    }


def test_networks_that_hear_and_read_are_described(capsys):
    given = (
        *("--modalities=frames,audio,text", "--fusion=concatenate"),
        *("--audio.features=log_mel", "--audio.seconds=0.5", "--audio.bins=8"),
        *("--audio_rate=8000", "--audio_backbone.widths=2,4"),
        *("--text.tokens=words", "--vocabulary=11", "--text_backbone.width=6"),
        *("--temporal=none", "--repeats=1"),
    )
    lines = printed(capsys, *given).splitlines()
    assert "4 frames of 16x16, 50x8 of log_mel, 32 tokens" in lines[0]
    (table,) = (line for line in lines if line.startswith("words/stem"))
    assert table.split()[-1] == "66"


def test_latency_is_measured_only_if_asked_for(capsys):
    found = json.loads(
        printed(capsys, "--temporal=none", "--json", "--repeats=0")
    )
    assert found["latency_ms"] is None


def test_table_has_a_line_for_every_block_and_the_totals(capsys):
    lines = printed(capsys, "--temporal=none", "--repeats=0").splitlines()
    first = [line.split()[0] for line in lines if line]
    blocks = ["conv1", "conv2", "whole"]
    assert first[1:] == [
        "block",
        *(f"frame_conv/{name}" for name in blocks),
        "classifier/logits",
        "parameters",
        "multiply-adds",
        "activations",
    ]


def test_table_has_every_layer_if_asked_for(capsys):
    assert "conv2_relu" in printed(
        capsys, "--temporal=none", "--layers", "--repeats=0"
    )


def test_a_block_owns_the_products_between_its_layers():
    x = keras.Input((6, 8))
    q = keras.layers.Dense(8, name="block1_query")(x)
    y = keras.ops.matmul(q, keras.ops.transpose(q, (0, 2, 1)))
    network = keras.Model(x, keras.layers.Dense(3, name="logits")(y))
    counted = multiply_adds.count_per_operation(network_graph.trace(network))
    blocks = network_blocks.layers_by_block(network, counted)
    costs = {
        name: network_blocks.sum_layers(name, parts).multiply_adds
        for name, parts in blocks.items()
    }
    assert costs == {"block1": 6 * 8 * 8 + 6 * 6 * 8, "logits": 6 * 6 * 3}


def test_clip_and_classes_are_the_published_ones():
    found = described("--backbone=r2plus1d")
    assert found.clip.shape == (16, 112, 112, 3)
    assert found.classes == 400
    assert found.head.name == "published"
    assert found.is_published


def test_encoder_of_frames_sees_one_only_with_its_own_head():
    published = ("--backbone=frame_resnet", "--temporal=none")
    assert described(*published).clip.shape == (1, 224, 224, 3)
    assert described(published[0]).clip.shape == (16, 112, 112, 3)


def test_what_is_given_goes_before_what_is_published():
    found = described("--backbone=r2plus1d", "--clip.frames=8", "--classes=7")
    assert found.clip.shape == (8, 112, 112, 3)
    assert found.classes == 7
    assert not found.is_published


def test_settings_of_training_alone_change_no_published_network():
    found = described("--backbone=vit", "--backbone.stochastic_depth=0.4")
    assert found.is_published


def test_narrower_network_sees_the_clip_of_the_published_one():
    found = described("--backbone=r2plus1d", "--backbone.width=8")
    assert found.clip.shape == (16, 112, 112, 3)
    assert not found.is_published


def test_clip_of_a_network_of_our_own_is_that_of_training():
    found = described("--backbone=frame_conv")
    assert found.clip.shape == (16, 112, 112, 3)
    assert found.classes == 400
    assert found.temporal.name == "attention"


@pytest.mark.parametrize("wrong", ["--classes=0", "--repeats=-1"])
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(errors.UserError, match=wrong.partition("=")[0]):
        described(wrong)


def test_clip_that_a_network_cannot_see_is_refused():
    found = described("--backbone=slowfast", "--clip.frames=7")
    with pytest.raises(errors.UserError, match="frames=7"):
        network_graph.without_weights(found.build)


def test_weights_are_not_drawn_to_be_counted():
    found = described("--backbone=r2plus1d")
    network = network_graph.without_weights(found.build)
    trained = sum(math.prod(v.shape) for v in network.trainable_variables)
    assert trained == found.row.parameters
    assert all(variable._value is None for variable in network.variables)

"""Describes a network: layers, parameters, multiply-adds, memory, latency.

Takes all flags of launch.train, also as the flag file of a run, and reads no
shards. Clip and classes default to the published ones.
"""

import dataclasses
import json
import math
import sys
from typing import Any

import keras

from launch.model_summary import (
    activation_memory,
    described_network,
    multiply_adds,
    network_blocks,
    network_graph,
    network_latency,
    network_table,
)
from launch.runs import devices, flag_paths, run_flags
from pipelines import batch
from pipelines.text import text_tokens
from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config(run_flags.Config):
    """The network, and what to report."""

    classes: int | None = settings.setting(
        None,
        "Classes of the head. Unset: as published, else 400.",
        minimum=1,
    )
    audio_rate: int = settings.setting(
        16_000,
        "Samples per second of the audio, for networks that hear.",
        minimum=1000,
    )
    vocabulary: int = settings.setting(
        10_000,
        "Different tokens, for networks that read.",
        minimum=4,
    )
    layers: bool = settings.setting(
        False, "Print one line per layer instead of one per block."
    )
    repeats: int = settings.setting(
        20,
        "Forward passes for the median latency; fewer if they take more than "
        "20 seconds in total. 0: latency is not measured.",
        minimum=0,
    )
    json: bool = settings.setting(
        False, "Print one line of JSON instead of a table."
    )


COMMAND = dataclasses.replace(
    run_flags.COMMAND,
    summary=(
        "Describes a network. Multiply-adds count convolutions and matrix "
        "products. Activations are the tensors of one clip that a training "
        "step keeps for the backward pass."
    ),
    settings=Config,
    sections=run_flags.COMMAND.sections | {"clip": described_network.Clip},
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table or one line of JSON."""
    config, device_config = resolved.settings, resolved.sections["devices"]
    devices.start(device_config)
    components = flag_paths.with_stored_weights(
        run_flags.to_components(resolved)
    )
    if not components.backbones:
        raise errors.UserError(
            f"--objective={resolved.one('objective').name} has no backbone: "
            "wanted an objective with one, such as classification"
        )
    sections = resolved.sections
    network_config = described_network.resolve(
        components,
        sections["clip"],
        config.classes,
        described_network.Heard(sections["audio"], config.audio_rate),
        _text(sections["text"], config.vocabulary),
    )
    network = network_graph.without_weights(network_config.build)
    counted = multiply_adds.count_per_operation(network_graph.trace(network))
    values = {
        **network_config.encoders,
        "variant": network_config.variant,
        "temporal": network_config.temporal.name,
        "head": network_config.head.name,
        "clip": {
            "frames": network_config.clip.frames,
            "size": network_config.clip.size,
        },
        "classes": network_config.classes,
        **_sizes(network, counted),
        "latency_ms": None,
    }
    if config.repeats:
        print("latency is measured; --repeats=0 skips it", file=sys.stderr)
        values["latency_ms"] = network_latency.median_ms(
            network_config.build(),
            config.repeats,
            devices.compiles(device_config),
        )
    if config.json:
        print(json.dumps(values))
        return
    blocks = network_blocks.layers_by_block(network, counted)
    print(network_table.format_heading(network_config))
    print(network_table.format_layers(blocks, config.layers))
    print(network_table.format_totals(values, network_config))


def _text(config: text_tokens.Config, vocabulary: int) -> batch.TextSpec | None:
    """The text of a clip; None without tokens."""
    if config.tokens == "none":
        return None
    return batch.TextSpec(config.length, vocabulary, config.tokens == "pieces")


def _sizes(
    network: keras.Model, counted: list[multiply_adds.OperationCost]
) -> dict[str, Any]:
    trainable = sum(math.prod(v.shape) for v in network.trainable_variables)
    return {
        "parameters": network.count_params(),
        "trainable_parameters": trainable,
        "parameter_bytes": 4 * network.count_params(),
        "multiply_adds": sum(each.multiply_adds for each in counted),
        "activation_bytes": activation_memory.count_activation_bytes(network),
    }

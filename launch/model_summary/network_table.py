"""The tables of launch.describe."""

import os
from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from launch.model_summary import described_network, network_blocks

_COLUMNS = ("output", "parameters", "multiply-adds")


def format_heading(network: described_network.DescribedNetwork) -> str:
    """One line with the network and its clip."""
    names = [" + ".join(network.encoders.values()), network.variant]
    parts = [network.temporal.name != "none" and network.temporal.name]
    parts.append(f"{network.head.name} head")
    return (
        f"{' '.join(filter(None, names))}, {', '.join(filter(None, parts))}: "
        f"{_inputs(network)}, {network.classes:,} classes\n"
    )


def _inputs(network: described_network.DescribedNetwork) -> str:
    clip, further, parts = network.clip, network.further, []
    if network.backbone is not None:
        frames = f"{clip.frames} frame{'s' * (clip.frames > 1)}"
        parts.append(f"{frames} of {clip.size}x{clip.size}")
    if further and further.audio:
        shape = "x".join(str(length) for length in further.audio.shape)
        parts.append(f"{shape} of {further.audio.features}")
    if further and further.text:
        parts.append(f"{further.text.length} tokens")
    return ", ".join(parts)


def format_layers(
    blocks: dict[str, list[network_blocks.LayerSummary]], each_layer: bool
) -> str:
    """Formats one line per block with weights or multiply-adds.

    Args:
        blocks: see `network_blocks.layers_by_block`.
        each_layer: whether to format all layers instead.
    """
    rows = []
    for name, inside in blocks.items():
        whole = network_blocks.sum_layers(name, inside)
        if each_layer:
            rows += [_row(layer) for layer in inside]
        elif whole.parameters or whole.multiply_adds:
            rows.append(_row(whole))
    first = ("layer", "kind") if each_layer else ("block", "layers")
    return _aligned([(*first, *_COLUMNS), *rows])


def format_totals(
    values: dict[str, Any], network: described_network.DescribedNetwork
) -> str:
    """Totals next to the published ones, and latency if measured."""
    row = network.row if network.is_published else None
    ours, cost = values["trainable_parameters"], values["multiply_adds"]
    lines = [
        "",
        f"parameters      {values['parameters']:,} "
        f"({_bytes(values['parameter_bytes'])}), trainable {ours:,}"
        + (f"; published {row.parameters:,}" if row else ""),
        f"multiply-adds   {cost / 1e9:,.3f} G"
        + (
            f"; published {row.multiply_adds / 1e9:,.6g} G "
            f"({100 * cost / row.multiply_adds - 100:+.1f} %)"
            if row and row.multiply_adds
            else ""
        ),
        f"activations     {_bytes(values['activation_bytes'])} "
        f"{keras.mixed_precision.dtype_policy().compute_dtype}, kept per "
        "clip for the backward pass",
    ]
    if values["latency_ms"] is not None:
        lines.append(
            f"latency         {values['latency_ms']:,.1f} ms, median, one "
            f"clip on {_machine()}"
        )
    return "\n".join(lines)


def _machine() -> str:
    gpus = tf.config.list_physical_devices("GPU")
    where = f"{len(gpus)} GPUs" if gpus else f"{os.cpu_count()} cores"
    return f"{where}, TensorFlow {tf.__version__}"


def _row(layer: network_blocks.LayerSummary) -> tuple[str, ...]:
    return (
        layer.name,
        layer.kind,
        "x".join(str(length) for length in layer.shape),
        f"{layer.parameters:,}" if layer.parameters else "",
        f"{layer.multiply_adds:,}" if layer.multiply_adds else "",
    )


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Iterable[str], widths: list[int]) -> str:
    cells = [
        # Names left-aligned, numbers right-aligned.
        f"{text:<{width}}" if place < 3 else f"{text:>{width}}"
        for place, (text, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _bytes(number: int) -> str:
    if number < 1e9:
        return f"{number / 1e6:,.1f} MB"
    return f"{number / 1e9:,.2f} GB"

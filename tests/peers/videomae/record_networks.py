"""Records what video transformers in PyTorch answer, given drawn weights.

The networks are the files beside, independent of ours. In an environment of
its own:

    python3.11 -m venv /tmp/videomae
    /tmp/videomae/bin/pip install -r tests/peers/videomae/requirements.txt
    /tmp/videomae/bin/python tests/peers/videomae/record_networks.py

Writes one JSON file a network into tests/goldens/videomae: the shapes of its
checkpoint by name, from which `random_weights` draws the weights again, and
the logits for the clip that it draws. tests/video_models compares with these.
"""

import json
import pathlib
import sys
from typing import NamedTuple

import numpy as np
import timesformer
import torch
import videomae
import vivit

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens"
sys.path.insert(0, str(GOLDENS))

import random_weights  # noqa: E402

CLASSES = 10
SMALL = {"width": 48, "depth": 2, "heads": 12, "classes": CLASSES}


class Recorded(NamedTuple):
    """One network, and the clip that it is asked about."""

    network: torch.nn.Module
    frames: int
    size: int


def networks() -> dict[str, Recorded]:
    """By the names of their files."""
    whole = {"width": 384, "depth": 12, "heads": 6, "classes": CLASSES}
    cut = {**SMALL, "frames": 4, "places": 6 * 6}
    tubes = {**SMALL, "moments": 3, "places": 4 * 4}
    return {
        "vit_s": Recorded(videomae.VisionTransformer(**whole), 8, 64),
        "timesformer_divided": Recorded(
            timesformer.TimeSformer(**cut, is_divided=True), 4, 96
        ),
        "timesformer_joint": Recorded(
            timesformer.TimeSformer(**cut, is_divided=False), 4, 96
        ),
        "vivit_joint": Recorded(vivit.Joint(**tubes), 6, 64),
        "vivit_factorised": Recorded(
            vivit.Factorised(**tubes, time_depth=2), 6, 64
        ),
    }


def main() -> None:
    """Writes all files and tells the size of the logits."""
    for name, recorded in networks().items():
        found = record(recorded)
        text = json.dumps(found).replace('], "', '],\n"')
        (GOLDENS / f"videomae/{name}.json").write_text(text + "\n")
        print(name, "deviation of the logits:", np.std(found["logits"]))


def record(recorded: Recorded) -> dict:
    """The golden file of one network."""
    network = recorded.network.eval()
    shapes = {k: list(v.shape) for k, v in network.state_dict().items()}
    drawn = random_weights.draw(shapes)
    network.load_state_dict({k: torch.from_numpy(v) for k, v in drawn.items()})
    clip = random_weights.clip(recorded.frames, recorded.size)
    mean, deviation = np.array(network.MEAN), np.array(network.DEVIATION)
    scaled = np.float32((clip / 255.0 - mean) / deviation)
    with torch.no_grad():
        logits = network(torch.from_numpy(np.moveaxis(scaled, -1, 1).copy()))
    return {
        "frames": recorded.frames,
        "size": recorded.size,
        "classes": CLASSES,
        "shapes": shapes,
        "logits": [round(float(each), 6) for each in logits[0]],
    }


if __name__ == "__main__":
    main()

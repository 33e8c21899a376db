"""Records what networks named as PyTorchVideo's answer, given drawn weights.

They stand beside this file; their environment needs torch alone:

    python3.11 -m venv /tmp/torch
    /tmp/torch/bin/pip install -r tests/peers/pytorchvideo/requirements.txt
    /tmp/torch/bin/python -m tests.peers.pytorchvideo.record_networks

Writes one JSON file a network into tests/goldens/pytorchvideo: the shapes of
its checkpoint by name, from which `random_weights` draws the weights again, and
the logits for the clip that it draws. tests/video_models compares with these.
"""

import json
import pathlib

import numpy as np
import torch

from tests.goldens import random_weights
from tests.peers.pytorchvideo import networks

FOLDER = pathlib.Path(random_weights.__file__).parent / "pytorchvideo"
SIZE, CLASSES = 64, 400
NETWORKS = {  # The network, and frames in the clip.
    "slowfast": (networks.SlowFast(CLASSES), 16),
    "x3d": (networks.X3D(CLASSES), 8),
    "i3d_r50": (networks.I3D(CLASSES, width=16), 8),
}


def main() -> None:
    """Writes all files and tells the size of the logits."""
    for name, (network, frames) in NETWORKS.items():
        found = _record(network.eval(), frames)
        text = json.dumps(found).replace('], "', '],\n"')
        (FOLDER / f"{name}.json").write_text(text + "\n")
        count = sum(each.numel() for each in network.parameters())
        deviation = np.std(found["logits"])
        print(name, count, "parameters, deviation of the logits:", deviation)


def _record(network: torch.nn.Module, frames: int) -> dict:
    shapes = {
        name: list(value.shape)
        for name, value in network.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    drawn = random_weights.draw(shapes)
    weights = {name: torch.from_numpy(each) for name, each in drawn.items()}
    network.load_state_dict(weights, strict=False)
    with torch.no_grad():
        logits = network(_scaled(frames))[0].numpy()
    return {
        "frames": frames,
        "size": SIZE,
        "classes": CLASSES,
        "shapes": shapes,
        "logits": [round(float(each), 6) for each in logits],
    }


def _scaled(frames: int) -> torch.Tensor:
    """float32 [1, 3, T, H, W]."""
    clip = random_weights.clip(frames, SIZE)
    scaled = (clip / np.float32(255.0) - np.float32(0.45)) / np.float32(0.225)
    return torch.from_numpy(np.moveaxis(np.float32(scaled), -1, 1).copy())


if __name__ == "__main__":
    main()

"""Records what torchvision's video networks answer, given drawn weights.

torchvision is the real package, in an environment of its own:

    python3.11 -m venv /tmp/torchvision
    /tmp/torchvision/bin/pip install -r tests/peers/torchvision/requirements.txt
    /tmp/torchvision/bin/python tests/peers/torchvision/record_networks.py

Writes one JSON file a network into tests/goldens/torchvision: the shapes of its
checkpoint by name, from which `random_weights` draws the weights again, and
the logits for the clip that it draws. tests/video_models compares with these.
"""

import json
import pathlib
import sys
from collections.abc import Callable
from typing import NamedTuple

sys.path.insert(0, str(pathlib.Path(__file__).parents[3]))

import numpy as np
import torch
from torchvision.models import video

from tests.goldens import random_weights

FOLDER = pathlib.Path(random_weights.__file__).parent / "torchvision"
# Of the weights' own transforms.
_MEAN = np.float32([0.43216, 0.394666, 0.37645])
_DEVIATION = np.float32([0.22803, 0.22145, 0.216989])


class Recorded(NamedTuple):
    """One network and the clip that it is asked about.

    Attributes:
        build: torchvision's function.
        frames: in the clip.
        size: its height and width, pixels.
        gain: of the drawn kernels.
    """

    build: Callable[..., torch.nn.Module]
    frames: int
    size: int
    gain: float


NETWORKS = {
    "r2plus1d": Recorded(video.r2plus1d_18, 8, 64, 1.0),
    "r3d": Recorded(video.r3d_18, 8, 64, 1.0),
    "mc3": Recorded(video.mc3_18, 8, 64, 1.0),
    # Its last average is over 2x7x7, which fewer pixels do not fill.
    "s3d": Recorded(video.s3d, 16, 224, 1.25),
}


def main() -> None:
    """Writes all files and tells the size of the logits."""
    for name, recorded in NETWORKS.items():
        found = _record(recorded)
        text = json.dumps(found).replace('], "', '],\n"')
        (FOLDER / f"{name}.json").write_text(text + "\n")
        print(name, "deviation of the logits:", np.std(found["logits"]))


def _record(recorded: Recorded) -> dict:
    network = recorded.build(weights=None).eval()
    shapes = {k: list(v.shape) for k, v in network.state_dict().items()}
    weights = random_weights.draw(shapes, recorded.gain)
    network.load_state_dict(
        {name: torch.from_numpy(value) for name, value in weights.items()}
    )
    with torch.no_grad():
        logits = network(_scaled(recorded))[0].numpy()
    return {
        "frames": recorded.frames,
        "size": recorded.size,
        "classes": len(logits),
        "gain": recorded.gain,
        "shapes": shapes,
        "logits": [round(float(each), 6) for each in logits],
    }


def _scaled(recorded: Recorded) -> torch.Tensor:
    """float32 [1, 3, T, H, W]."""
    clip = random_weights.clip(recorded.frames, recorded.size)
    scaled = (clip / np.float32(255.0) - _MEAN) / _DEVIATION
    return torch.from_numpy(np.moveaxis(np.float32(scaled), -1, 1).copy())


if __name__ == "__main__":
    main()

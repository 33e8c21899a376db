"""Records what torchvision's ResNet gives for the frames of a clip.

pip install -r tests/peers/torchvision/requirements.txt
python tests/peers/torchvision/record_frames.py

Weights and clip are drawn by tests/goldens/random_weights.py; the mean of
the frames' logits is written to tests/goldens/torchvision/frame_resnet_18.json.
"""

import json
import pathlib
import sys

import torch
import torchvision

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens"
sys.path.insert(0, str(GOLDENS))

import random_weights  # noqa: E402

FRAMES, SIZE, CLASSES = 2, 64, 1000
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def logits_of_frames(network, frames):
    """float32 [1, T, H, W, 3], 0..255 -> [T, classes]."""
    scaled = (frames[0] / 255 - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
    with torch.no_grad():
        return network(scaled.permute(0, 3, 1, 2))


def main():
    network = torchvision.models.resnet18(num_classes=CLASSES).eval()
    shapes = {k: list(v.shape) for k, v in network.state_dict().items()}
    drawn = random_weights.draw(shapes)
    network.load_state_dict({k: torch.tensor(v) for k, v in drawn.items()})
    clip = torch.tensor(random_weights.clip(FRAMES, SIZE)).float()
    logits = logits_of_frames(network, clip).mean(axis=0)
    print(f"logits {logits.mean():.3f} +- {logits.std():.3f}")
    golden = {
        "shapes": shapes,
        "classes": CLASSES,
        "frames": FRAMES,
        "size": SIZE,
        "logits": [round(float(each), 6) for each in logits],
    }
    path = GOLDENS / "torchvision/frame_resnet_18.json"
    path.write_text(json.dumps(golden) + "\n")
    print(f"written: {path}")


if __name__ == "__main__":
    main()

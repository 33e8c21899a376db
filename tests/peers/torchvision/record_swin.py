"""Records what torchvision's Video Swin gives, a small one.

pip install -r tests/peers/torchvision/requirements.txt
python tests/peers/torchvision/record_swin.py

Two stages with windows that shift, and that do not divide the picture.
Weights and clip are drawn by tests/goldens/random_weights.py; the logits are
written to tests/goldens/torchvision/video_swin.json.
"""

import json
import pathlib
import sys

import torch
from torchvision.models.video import swin_transformer

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens"
sys.path.insert(0, str(GOLDENS))

import random_weights  # noqa: E402

FRAMES, SIZE, CLASSES = 8, 32, 20
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def main():
    network = swin_transformer.SwinTransformer3d(
        patch_size=[2, 4, 4],
        embed_dim=12,
        depths=[2, 2],
        num_heads=[3, 6],
        window_size=[2, 3, 3],
        num_classes=CLASSES,
    ).eval()
    # Indices and masks are computed, not learnt.
    shapes = {k: list(v.shape) for k, v in network.named_parameters()}
    drawn = random_weights.draw(shapes)
    network.load_state_dict(
        {k: torch.tensor(v) for k, v in drawn.items()}, strict=False
    )
    clip = torch.tensor(random_weights.clip(FRAMES, SIZE)).float()
    scaled = (clip / 255 - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
    with torch.no_grad():
        logits = network(scaled.permute(0, 4, 1, 2, 3))[0]
    print(f"logits {logits.mean():.3f} +- {logits.std():.3f}")
    golden = {
        "shapes": shapes,
        "classes": CLASSES,
        "frames": FRAMES,
        "size": SIZE,
        "logits": [round(float(each), 6) for each in logits],
    }
    path = GOLDENS / "torchvision/video_swin.json"
    path.write_text(json.dumps(golden) + "\n")
    print(f"written: {path}")


if __name__ == "__main__":
    main()

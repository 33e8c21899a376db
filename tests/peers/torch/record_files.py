"""Writes small checkpoints as PyTorch writes them, in both of its forms.

torch is the real package, in an environment of its own; any version from 2.0
on will do:

    python3.11 -m venv /tmp/torch
    /tmp/torch/bin/pip install torch
    /tmp/torch/bin/python tests/peers/torch/record_files.py

Writes archive.pth and pickles.pth into tests/goldens/torch.
"""

import argparse
import collections
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parents[2] / "goldens/torch"


def content():
    """Nested as training scripts nest it, with all that may be met."""
    numbers = torch.arange(12, dtype=torch.float32)
    state = collections.OrderedDict(
        {
            "module.norm.weight": numbers[:4] / 4,
            # A view that is neither whole nor in order.
            "module.fc.weight": numbers.reshape(3, 4)[1:].T,
            "module.half": numbers[:3].to(torch.float16),
            "module.brain": numbers[:3].to(torch.bfloat16),
            "module.norm.num_batches_tracked": torch.tensor(7),
            "module.empty": torch.zeros(0, 2),
        }
    )
    return {
        "model": state,
        "epoch": 3,
        "args": argparse.Namespace(lr=0.1, names=["a"]),
        "dtype": torch.float32,
        "optimizer": {
            "state": {0: {"step": 5, "exp_avg": numbers[:2]}},
            "param_groups": [{"lr": 0.1, "params": [0]}],
        },
        "parameters": [torch.nn.Parameter(numbers[:2] + 1)],
    }


def main():
    torch.save(content(), FOLDER / "archive.pth")
    torch.save(
        content(),
        FOLDER / "pickles.pth",
        _use_new_zipfile_serialization=False,
    )


if __name__ == "__main__":
    main()

"""EfficientNet-Lite in PyTorch, with the names of the public files.

Source: tensorflow/tpu, `efficientnet/lite`.
"""

import math

import torch
from torch import nn
from torch.nn import functional

# Repeats, kernel, stride, expansion, channels.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# Width, depth, size of a picture.
VARIANTS = {
    "lite0": (1.0, 1.0, 224),
    "lite1": (1.0, 1.1, 240),
    "lite2": (1.1, 1.2, 260),
}


class SameConv(nn.Conv2d):
    """A convolution with TensorFlow's padding: more at the end."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows, columns = (
            max((math.ceil(n / s) - 1) * s + k - n, 0)
            for n, s, k in zip(
                x.shape[2:], self.stride, self.kernel_size, strict=True
            )
        )
        if rows == columns and rows % 2 == 0:
            around = rows // 2
            return functional.conv2d(
                x, self.weight, None, self.stride, around, 1, self.groups
            )
        x = functional.pad(
            x,
            (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2),
        )
        return functional.conv2d(
            x, self.weight, None, self.stride, 0, 1, self.groups
        )


def conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups=1):
    return SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)


def norm(channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels, eps=1e-3)


class Block(nn.Module):
    """An inverted residual block."""

    def __init__(self, inputs, outputs, kernel, stride, expansion):
        super().__init__()
        inner = inputs * expansion
        if expansion > 1:
            self._expand_conv, self._bn0 = conv(inputs, inner, 1), norm(inner)
        self.expands = expansion > 1
        self._depthwise_conv = conv(inner, inner, kernel, stride, inner)
        self._bn1 = norm(inner)
        self._project_conv, self._bn2 = conv(inner, outputs, 1), norm(outputs)
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x
        if self.expands:
            y = functional.relu6(self._bn0(self._expand_conv(y)))
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.adds else y


class EfficientNetLite(nn.Module):
    """float32 [B, 3, H, W], (pixels - 127) / 128 -> logits [B, classes]."""

    def __init__(self, variant: str = "lite0", classes: int = 1000):
        super().__init__()
        width, depth, _ = VARIANTS[variant]
        self._conv_stem, self._bn0 = conv(3, 32, 3, 2), norm(32)
        blocks, inputs = [], 32
        for number, (repeats, kernel, stride, expansion, outputs) in enumerate(
            STAGES
        ):
            if 0 < number < len(STAGES) - 1:
                repeats = math.ceil(repeats * depth)
            outputs = to_eights(outputs * width)
            for repeat in range(repeats):
                by = stride if repeat == 0 else 1
                blocks.append(Block(inputs, outputs, kernel, by, expansion))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = conv(inputs, 1280, 1), norm(1280)
        self._fc = nn.Linear(1280, classes)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return functional.relu6(self._bn1(self._conv_head(x)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self._fc(self.features(x).mean((2, 3)))


def to_eights(number: float) -> int:
    nearest = max(8, int(number + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * number else nearest

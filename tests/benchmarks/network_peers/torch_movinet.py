"""MoViNet in PyTorch, as torch code of it has it; for its speed alone.

It has the weights, the shapes and the cost of ours, but is padded alike on
both sides where TensorFlow pads on one, so its results are not those.
"""

import torch
from torch import nn
from torch.nn import functional

from video_models.families.movinet import movinet_specs


class Normalized(nn.Module):
    """A convolution, batch normalisation, and perhaps Swish."""

    def __init__(self, convolution: nn.Module, width: int, is_active: bool):
        super().__init__()
        self.convolution = convolution
        self.norm = nn.BatchNorm3d(width, eps=1e-3, momentum=0.01)
        self.is_active = is_active

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.convolution(x))
        return functional.silu(x, inplace=True) if self.is_active else x


class FlatDepthwise(nn.Conv3d):
    """A depthwise 3-D convolution made of 2-D ones, summed over time."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        reach = self.weight.shape[2]
        if self.weight.shape[3:] == (1, 1):
            return self._over_time(x)
        clips, channels, frames = x.shape[:3]
        flat = x.permute(0, 2, 1, 3, 4).flatten(0, 1)
        total = None
        for moment in range(reach):
            y = functional.conv2d(
                flat,
                self.weight[:, :, moment],
                stride=self.stride[1:],
                padding=self.padding[1:],
                groups=channels,
            )
            y = y.unflatten(0, (clips, frames))
            away = moment - reach // 2
            around = (0, 0) * 3 + (max(0, -away), max(0, away))
            y = y[:, max(0, away) : frames + min(0, away)]
            y = functional.pad(y, around)
            total = y if total is None else total + y
        return total.permute(0, 2, 1, 3, 4)

    def _over_time(self, x: torch.Tensor) -> torch.Tensor:
        height, width = x.shape[3:]
        y = functional.conv2d(
            x.flatten(3),
            self.weight[..., 0],
            padding=(self.padding[0], 0),
            groups=self.groups,
        )
        return y.unflatten(3, (height, width))


class Block(nn.Module):
    """Widens, convolves each channel, weighs channels, narrows, adds."""

    def __init__(
        self,
        inputs: int,
        width: int,
        inner: int,
        kernel: tuple[int, int, int],
        stride: int,
        conv: str,
        is_flat: bool,
    ):
        super().__init__()
        self.expand = _pointwise(inputs, inner)
        self.looks = nn.Sequential(
            *_depthwise(inner, kernel, stride, conv, is_flat)
        )
        narrow = _divisible_by_8(inner / 4)
        self.squeeze = nn.Conv3d(inner, narrow, 1)
        self.excite = nn.Conv3d(narrow, inner, 1)
        self.project = _pointwise(inner, width, is_active=False)
        self.scale = nn.Parameter(torch.zeros(()))
        self.stride = stride
        self.short = None
        if stride > 1 or inputs != width:
            self.short = _pointwise(inputs, width, is_active=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.looks(self.expand(x))
        seen = functional.silu(self.squeeze(y.mean((2, 3, 4), keepdim=True)))
        y = self.project(y * self.excite(seen).sigmoid()) * self.scale
        if self.stride > 1:
            x = functional.avg_pool3d(
                x, (1, 3, 3), (1, 2, 2), (0, 1, 1), count_include_pad=False
            )
        return y + (self.short(x) if self.short else x)


class MoViNet(nn.Module):
    """[B, 3, T, H, W] -> [B, classes]."""

    def __init__(self, variant: str, classes: int, conv: str, is_flat: bool):
        super().__init__()
        spec = movinet_specs.SPECS[variant]
        stem = nn.Conv3d(
            3, spec.stem, (1, 3, 3), (1, 2, 2), (0, 1, 1), bias=False
        )
        self.stem = Normalized(stem, spec.stem, True)
        blocks, inputs = [], spec.stem
        for stage in spec.stages:
            pairs = zip(stage.expansions, stage.kernels, strict=True)
            for number, (inner, kernel) in enumerate(pairs):
                stride = 1 if number else stage.stride
                blocks.append(
                    Block(
                        inputs,
                        stage.width,
                        inner,
                        kernel,
                        stride,
                        conv,
                        is_flat,
                    )
                )
                inputs = stage.width
        self.blocks = nn.Sequential(*blocks)
        self.project = _pointwise(inputs, spec.features)
        self.hidden = nn.Linear(spec.features, movinet_specs.HIDDEN)
        self.dropout = nn.Dropout(0.2)
        self.logits = nn.Linear(movinet_specs.HIDDEN, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.project(self.blocks(self.stem(x))).mean((2, 3, 4))
        return self.logits(self.dropout(functional.silu(self.hidden(x))))


def _pointwise(inputs: int, width: int, is_active: bool = True) -> nn.Module:
    return Normalized(nn.Conv3d(inputs, width, 1, bias=False), width, is_active)


def _depthwise(
    width: int,
    kernel: tuple[int, int, int],
    stride: int,
    conv: str,
    is_flat: bool,
) -> list[nn.Module]:
    reach, *space = kernel
    parts = [(kernel, (1, stride, stride))]
    if conv == "2plus1d":
        parts = [((1, *space), (1, stride, stride))]
        if reach > 1:
            parts.append(((reach, 1, 1), (1, 1, 1)))
    convolve = FlatDepthwise if is_flat else nn.Conv3d
    return [
        Normalized(
            convolve(
                width,
                width,
                size,
                strides,
                tuple(each // 2 for each in size),
                groups=width,
                bias=False,
            ),
            width,
            True,
        )
        for size, strides in parts
    ]


def _divisible_by_8(number: float) -> int:
    nearest = max(8, int(number + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * number else nearest

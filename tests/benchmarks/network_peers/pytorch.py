"""The same networks in PyTorch, channels last: a plain training loop.

Option `flat` makes depthwise 3-D convolutions of 2-D ones, `first` has the
channels first; in prediction, `compiled` is torch.compile and `bfloat16`
autocasts.
"""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn import functional

from tests.benchmarks.network_peers import torch_networks
from tests.benchmarks.networks import network_job

PACKAGES = ("torch", "torchvision")
_MEAN, _DEVIATION = (0.43216, 0.394666, 0.37645), (0.22803, 0.22145, 0.216989)


class Scaled(nn.Module):
    """uint8 [B, T, H, W, 3] as they come, scaled, into a network."""

    def __init__(self, network: nn.Module, is_of_frames: bool, is_last: bool):
        super().__init__()
        self.network, self.is_of_frames = network, is_of_frames
        self.is_last = is_last
        deviation = 255 * torch.tensor(_DEVIATION)
        offset = torch.tensor(_MEAN) / torch.tensor(_DEVIATION)
        self.register_buffer("scale", 1 / deviation, persistent=False)
        self.register_buffer("offset", offset, persistent=False)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        x = frames.float() * self.scale - self.offset
        clips = len(x)
        x = x.flatten(0, 1) if self.is_of_frames else x
        # What lies last stays last: this is channels_last, or _3d.
        x = x.movedim(-1, 1)
        x = x if self.is_last else x.contiguous()
        return self.network(x, clips) if self.is_of_frames else self.network(x)


def build(job: network_job.Job) -> network_job.Built:
    """Builds what the job says."""
    torch.set_num_threads(job.threads)
    torch.manual_seed(0)
    is_of_frames = job.network.startswith("frame_")
    is_last = "first" not in job.options
    network = Scaled(torch_networks.build(job), is_of_frames, is_last)
    if is_last:
        _lay_channels_last(network)
    count = sum(each.numel() for each in network.parameters())
    once = (
        _training(network, job)
        if job.task == "train"
        else _predicting(network.eval(), job)
    )
    return network_job.Built(once, count)


def _lay_channels_last(network: nn.Module) -> None:
    layouts = {4: torch.channels_last, 5: torch.channels_last_3d}
    for each in network.parameters():
        if each.ndim in layouts:
            each.data = each.data.to(memory_format=layouts[each.ndim])


def _training(network: nn.Module, job: network_job.Job) -> Callable[[], float]:
    frames = torch.from_numpy(network_job.frames(job))
    labels = torch.from_numpy(network_job.labels(job))
    optimizer = torch.optim.SGD(network.parameters(), 1e-3, 0.9)

    def once() -> float:
        optimizer.zero_grad()
        loss = functional.cross_entropy(network(frames), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return once


def _predicting(
    network: nn.Module, job: network_job.Job
) -> Callable[[], float]:
    frames = torch.from_numpy(network_job.frames(job))
    if "compiled" in job.options:
        network = torch.compile(network)

    half = torch.autocast(
        "cpu", torch.bfloat16, enabled="bfloat16" in job.options
    )

    def once() -> float:
        with torch.inference_mode(), half:
            return network(frames).mean().item()

    return once

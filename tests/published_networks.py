"""Every network of a paper, as `PUBLISHED` of the backbones lists them."""

import dataclasses
from typing import NamedTuple

import keras

from launch.model_summary import multiply_adds, network_graph
from pipelines import batch
from tfrecords_tools.base import registry
from video_models import video_network
from video_models.families import published

FOLDER = "video_models.backbones"
# Designed here: no paper says what they have.
OF_OUR_OWN = ("frame_conv", "motion_energy")
PAPERS = [n for n in registry.names_in(FOLDER) if n not in OF_OUR_OWN]


class PublishedNetwork(NamedTuple):
    """One row of a backbone's `PUBLISHED`."""

    backbone: str
    row: published.Network

    @property
    def clip(self) -> batch.ClipSpec:
        """What it was published for."""
        return batch.ClipSpec(frames=self.row.frames, size=self.row.size)

    @property
    def name(self) -> str:
        """`vit-s-16x224-400`: unusual settings, clip and classes."""
        config = self.row.config
        changed = [
            str(getattr(config, field.name))
            for field in dataclasses.fields(config)
            if field.name == "variant"
            or getattr(config, field.name) != field.default
        ]
        shape = f"{self.row.frames}x{self.row.size}"
        whole = "-".join([self.backbone, *changed, shape])
        kept = "".join(c for c in whole if c.isalnum() or c in "_-.")
        return f"{kept}-{self.row.classes}"

    def build(self) -> keras.Model:
        """Backbone and published head."""
        module = registry.load(FOLDER, self.backbone)
        return video_network.build(
            registry.Chosen(self.backbone, module, self.row.config),
            registry.choose("video_models.temporal", "none"),
            registry.choose("video_models.heads", "published"),
            self.clip,
            self.row.classes,
        )


def every() -> dict[str, PublishedNetwork]:
    """Name to network; those of a backbone in the order of its file."""
    found = [
        PublishedNetwork(name, row)
        for name in PAPERS
        for row in registry.load(FOLDER, name).PUBLISHED
    ]
    return {each.name: each for each in found}


def smallest() -> set[str]:
    """Of each backbone the name of the one with the fewest parameters."""
    networks = every()
    least: dict[str, str] = {}
    for name, each in networks.items():
        other = least.setdefault(each.backbone, name)
        if each.row.parameters < networks[other].row.parameters:
            least[each.backbone] = name
    return set(least.values())


def count_multiply_adds(network: keras.Model) -> int:
    """Of one forward pass for one clip, with or without weights."""
    counted = multiply_adds.count_per_operation(network_graph.trace(network))
    return sum(each.multiply_adds for each in counted)

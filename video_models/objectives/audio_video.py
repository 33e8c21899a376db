"""Contrastive learning of frames and audio: which belong together.

Two towers give each clip a vector of its frames and one of its audio. The
backbones start other networks afterwards, by `--init.weights`.
"""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from tfrecords_tools.base import errors, registry, settings
from video_models import network_inputs, objective, video_network
from video_models.layers import temperature
from video_models.losses import contrastive
from video_models.metrics import retrieval

ops = keras.ops

COMPONENTS = ("backbone", "temporal", "head", "audio_backbone")
MODALITIES = ("frames", "audio")
HEAD = "projection"
_SHIFTED = "shifted_audio"


@dataclasses.dataclass(frozen=True)
class Config:
    """Settings of the contrastive loss."""

    temperature: float = settings.setting(
        0.07,
        "Temperature that divides similarities, from 0.01; its first value, if "
        "learnt.",
        minimum=0.01,
        maximum=1.0,
    )
    learn_temperature: bool = settings.setting(
        True, "Learn the temperature; otherwise it is fixed."
    )


TINY = Config(temperature=0.2)


def build(
    config: Config,
    components: objective.Components,
    task: objective.Task,
    make_optimizer: Callable[[], keras.optimizers.Optimizer],
) -> "AudioVideo":
    """Builds the objective; UserError if the head does not fit.

    `--temporal` follows the backbone of frames; columns of audio are averaged.
    """
    head = components.head
    if head.module.GIVES != ("features",):
        raise errors.UserError(
            f"--head={head.name} with --objective=audio_video, which compares "
            "vectors: wanted --head=projection"
        )
    return AudioVideo(config, components, task, make_optimizer)


class AudioVideo(objective.Objective):
    """Networks `frames`, `audio` and `temperature`, and one player.

    Source: symmetric InfoNCE as in CLIP, arXiv:2103.00020, between frames and
    audio; negatives of another time as in Korbar et al., arXiv:1807.00230, if
    batches hold `shifted_audio`: each clip's own, of its frames alone.
    """

    needs_gather = True

    def __init__(
        self,
        config: Config,
        components: objective.Components,
        task: objective.Task,
        make_optimizer: Callable[[], keras.optimizers.Optimizer],
    ):
        """Builds both towers."""
        self.task, self._audio = task, task.audio.name
        self._is_shifted = _SHIFTED in task.extra_inputs
        head = components.head
        similarities = keras.Input((None,), name="similarities")
        divide = temperature.Temperature(
            config.temperature, config.learn_temperature, name="temperature"
        )
        self.networks = {
            "frames": video_network.build(
                components.backbone, components.temporal, head, task.clip, 0
            ),
            "audio": video_network.build(
                None,
                registry.choose("video_models.temporal", "none"),
                head,
                task.clip,
                0,
                components.further(task.audio, None),
            ),
            "temperature": keras.Model(
                similarities, divide(similarities), name="temperature"
            ),
        }
        self.players = (
            objective.Player(
                "audio_video", tuple(self.networks), make_optimizer()
            ),
        )

    def forward(
        self, player: str, batch: dict, seed: Any, step: Any
    ) -> dict[str, Any]:
        """Returns unit vectors float32 [B, D] of `frames`, `audio` and, if
        batches hold it, `shifted_audio`."""
        networks = self.networks
        found = {
            "frames": _unit(networks["frames"](batch["frames"], training=True)),
            "audio": self._heard(networks, batch[self._audio], True),
        }
        if self._is_shifted:
            found[_SHIFTED] = self._heard(networks, batch[_SHIFTED], True)
        return found

    def losses(
        self, player: str, batch: dict, outputs: dict, step: Any
    ) -> dict[str, Any]:
        """Returns `info_nce`, nats; 0 for clips without audio."""
        valid = batch["mask"] * batch["has_audio"]
        negatives = None
        if self._is_shifted:
            negatives = contrastive.Negatives(
                outputs[_SHIFTED], batch[f"has_{_SHIFTED}"]
            )
        loss = contrastive.symmetric_info_nce(
            contrastive.Paired(outputs["frames"], outputs["audio"], valid),
            lambda similar: self.networks["temperature"](similar),
            negatives,
        )
        return {"info_nce": loss}

    def predict(self, networks: dict, inputs: Any) -> dict[str, Any]:
        """Returns unit vectors float32 [B, D]: `embedding` of frames,
        `audio_embedding` of audio, whichever is given; zeros for clips
        whose `has_audio` is 0."""
        if not isinstance(inputs, dict):
            inputs = {"frames": inputs}
        found = {}
        if "frames" in inputs:
            frames = networks["frames"](inputs["frames"], training=False)
            found["embedding"] = _unit(frames)
        if self._audio in inputs:
            heard = self._heard(networks, inputs[self._audio])
            if "has_audio" in inputs:
                heard = heard * inputs["has_audio"][:, None]
            found["audio_embedding"] = heard
        return found

    def counts(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns the number of clips with audio; see `rows`."""
        has = batch["mask"] * ops.max(batch["has_audio"], axis=1)
        return {"examples": ops.sum(has)}

    def report(self, counts: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns `examples`; see `report_rows`."""
        return {"examples": round(float(counts["examples"]))}

    def rows(self, networks: dict, batch: dict) -> dict[str, Any]:
        """Returns the vectors of each clip, averaged over views."""
        names = {"audio": self._audio}
        if self._is_shifted:
            names[_SHIFTED] = _SHIFTED
        found = {
            "embedding": _over_views(
                lambda frames: _unit(
                    networks["frames"](frames, training=False)
                ),
                batch["frames"],
            )
        }
        for name, entry in names.items():
            found[f"{name}_embedding"] = _over_views(
                lambda audio: self._heard(networks, audio), batch[entry]
            )
            found[f"has_{name}"] = ops.min(batch[f"has_{name}"], axis=1)
        return found

    def report_rows(self, rows: dict[str, np.ndarray]) -> dict[str, Any]:
        """Returns retrieval and in-step metrics, with `chance` of each.

        Clips without audio do not count. `recall_at_1` is the mean of both
        ways; `matches_accuracy` asks whether the frames are nearer to their
        audio than to that of the clip half the split away; `in_time_accuracy`,
        than to that of another time; both have a chance of 0.5.
        """
        heard = rows["has_audio"] > 0
        rows = {name: each[heard] for name, each in rows.items()}
        frames, audio = rows["embedding"], rows["audio_embedding"]
        found = _both_ways(frames, audio, rows["label"])
        others = np.roll(audio, -(len(audio) // 2), axis=0)
        found["matches_accuracy"] = retrieval.choice(frames, audio, others)
        if self._is_shifted:
            has = rows[f"has_{_SHIFTED}"] > 0
            shifted = rows[f"{_SHIFTED}_embedding"]
            found["in_time_accuracy"] = retrieval.choice(
                frames[has], audio[has], shifted[has]
            )
        return {
            **{name: each.value for name, each in found.items()},
            "chance": {name: each.chance for name, each in found.items()},
            "compared": {name: each.clips for name, each in found.items()},
        }

    def _heard(self, networks: dict, audio: Any, training: bool = False) -> Any:
        """Unit vectors float32 [B, D] of audio."""
        return _unit(networks["audio"]({self._audio: audio}, training=training))


def _both_ways(
    frames: np.ndarray, audio: np.ndarray, labels: np.ndarray
) -> dict[str, retrieval.Metric]:
    """Recalls from frames to audio and back, and the means of both."""
    ways = {
        "frames_to_audio": (frames, audio),
        "audio_to_frames": (audio, frames),
    }
    found: dict[str, retrieval.Metric] = {}
    for way, pair in ways.items():
        for k, metric in retrieval.recalls(*pair).items():
            found[f"{way}_recall_at_{k}"] = metric
        aware = retrieval.label_aware_recall(*pair, labels)
        if aware.clips:
            found[f"{way}_label_recall_at_1"] = aware
    for name in ("recall_at_1", "label_recall_at_1"):
        pair = [found.get(f"{way}_{name}") for way in ways]
        if all(pair):
            mean = (pair[0].value + pair[1].value) / 2
            found[name] = pair[0]._replace(value=mean)
    return found


def _over_views(embed: Callable[[Any], Any], inputs: Any) -> Any:
    """The unit mean of the vectors of all views, float32 [B, D]."""
    views = network_inputs.count_views(inputs)
    vectors = embed(network_inputs.flat_views(inputs))
    vectors = ops.reshape(vectors, (-1, views, vectors.shape[-1]))
    return _unit(ops.mean(vectors, axis=1))


def _unit(vectors: Any) -> Any:
    return ops.normalize(ops.cast(vectors, "float32"), axis=-1)

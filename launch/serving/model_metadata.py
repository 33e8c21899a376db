"""The metadata of an exported model: `model.json`."""

import dataclasses
import json

from launch.requests import request_limits, served_audio, served_text
from launch.serving import served_features, stream_serving
from pipelines import batch
from tfrecords_tools.base import settings
from tfrecords_tools.media import reader
from tfrecords_tools.media.audio import audio_reader
from video_models import objective as objectives


@dataclasses.dataclass(frozen=True)
class ModelMetadata:
    """The contents of `model.json`.

    Attributes:
        clip: how frames are sampled, and the size of the network's input.
        labels: in the order of the scores.
        media: how the frames of the training shards were read and stored.
        stream: of the signature `stream`; None without one.
        threshold: score from which a clip has a label; None for single-label
            models.
        tasks: additional label sets by task name.
        limits: of one request; None for exports without limits.
        features: of the signature `embed`; None without one.
        crops: of each clip, spread along the long side; scores are averaged.
        has_frames: whether the network sees frames.
        audio: what the network hears; None for networks that do not.
        text: what the network reads; None for networks that do not.
    """

    clip: batch.ClipSpec
    labels: tuple[str, ...]
    media: reader.Config
    stream: stream_serving.StreamMetadata | None = None
    threshold: float | None = None
    tasks: dict[str, objectives.Answer] = dataclasses.field(
        default_factory=dict
    )
    limits: request_limits.Config | None = request_limits.Config()
    features: served_features.FeatureMetadata | None = None
    crops: int = 1
    has_frames: bool = True
    audio: served_audio.AudioInput | None = None
    text: served_text.TextInput | None = None

    @property
    def max_clips(self) -> int | None:
        """Largest number of clips per request; None without a limit."""
        shape = self.clip.shape
        if not self.has_frames:
            shape = (self.audio.samples if self.audio else 1,)
        return self.limits and self.limits.clips(shape, self.crops)

    @property
    def inputs(self) -> dict[str, dict]:
        """What clients send to `serving_default`, by name.

        N is the number of clips; audio and text that no clip has may have no
        rows.
        """
        found: dict[str, dict] = {}
        if self.has_frames:
            frames = {"dtype": "string", "shape": ["N", self.clip.frames]}
            found["frames_bytes"] = {**frames, "encoding": "JPEG or PNG"}
        if self.audio is not None:
            found["waveform"] = {
                "dtype": "float32",
                "shape": ["N", "samples"],
                "rate": self.audio.rate,
                "max_samples": self.audio.samples,
            }
        if self.text is not None:
            found["text"] = {"dtype": "string", "shape": ["N"]}
            if not self.text.truncate:
                found["text"]["max_tokens"] = self.text.length
        return found

    def change_since(self, before: "ModelMetadata") -> str:
        """How labels differ from an earlier version; empty if they do not."""
        pairs = {"": (before.labels, self.labels)}
        for task, each in before.tasks.items():
            now = self.tasks.get(task)
            pairs[f".{task}"] = each.labels, now.labels if now else ()
        return "; ".join(
            f"scores{name} had {len(old)} labels, now {len(new)}"
            + (" in another order" if set(old) == set(new) else ", others")
            for name, (old, new) in pairs.items()
            if old != new
        )

    @property
    def answer(self) -> objectives.Answer:
        """Labels and threshold of the main scores."""
        return objectives.Answer(self.labels, self.threshold)

    def with_answers(
        self, answers: dict[str, objectives.Answer]
    ) -> "ModelMetadata":
        """Adds the answers of an objective."""
        further = {k: v for k, v in answers.items() if k != "scores"}
        main = answers.get("scores", self.answer)
        return dataclasses.replace(
            self,
            threshold=main.threshold,
            tasks={k.removeprefix("scores."): v for k, v in further.items()},
        )

    def to_json(self) -> str:
        """The text of model.json."""
        values = {
            "clip": settings.to_dict(self.clip),
            "labels": list(self.labels),
            "media": settings.to_dict(self.media),
        }
        if self.stream is not None:
            values["stream"] = self.stream.to_dict()
        if self.threshold is not None:
            values["threshold"] = self.threshold
        if self.limits is not None:
            values["limits"] = settings.to_dict(self.limits)
        if self.tasks:
            values["tasks"] = {
                task: dataclasses.asdict(each)
                for task, each in self.tasks.items()
            }
        if self.features is not None:
            values["features"] = dataclasses.asdict(self.features)
        if self.crops > 1:
            values["crops"] = self.crops
        values["inputs"] = self.inputs
        if self.audio is not None:
            values["audio"] = dataclasses.asdict(self.audio)
        if self.text is not None:
            values["text"] = dataclasses.asdict(self.text)
        return json.dumps(values, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "ModelMetadata":
        """The inverse of `to_json`."""
        values = json.loads(text)
        stream, features = values.get("stream"), values.get("features")
        text = values.get("text")
        return cls(
            settings.from_dict(batch.ClipSpec, values["clip"]),
            tuple(values["labels"]),
            settings.from_dict(reader.Config, values["media"]),
            stream and stream_serving.StreamMetadata.from_dict(stream),
            values.get("threshold"),
            {
                task: objectives.Answer(
                    tuple(each["labels"]), each["threshold"]
                )
                for task, each in values.get("tasks", {}).items()
            },
            _limits(values.get("limits")),
            features and served_features.FeatureMetadata(**features),
            values.get("crops", 1),
            "frames_bytes" in values.get("inputs", ("frames_bytes",)),
            _audio(values.get("audio")),
            text and served_text.TextInput(**text),
        )


def _limits(values: dict | None) -> request_limits.Config | None:
    return values and settings.from_dict(request_limits.Config, values)


def _audio(values: dict | None) -> served_audio.AudioInput | None:
    if values is None:
        return None
    media = settings.from_dict(audio_reader.Config, values["media"])
    return served_audio.AudioInput(values["rate"], values["samples"], media)

"""Exports a trained run for serving, or verifies an export."""

import dataclasses
import pathlib

from launch.enhancement import enhancer
from launch.requests import (
    request_limits,
    served_audio,
    served_inputs,
    served_text,
)
from launch.runs import restored_run
from launch.serving import (
    exported_model,
    generator_export,
    golden_frames,
    loaded_model,
    model_metadata,
    stream_serving,
    versions,
)
from tfrecords_tools.base import errors, flags, path_checks, settings
from tfrecords_tools.base.files import folder_lock
from video_models import network_inputs
from video_models import objective as objectives
from video_models.objectives import gan


@dataclasses.dataclass(frozen=True)
class Config:
    """What to export or verify."""

    workdir: str = settings.setting("", "Folder of the run.")
    checkpoint: str = settings.setting(
        "newest", "Checkpoint to export: newest, best or a step."
    )
    output: str = settings.setting(
        "", "Folder of the versions; the export adds the next number."
    )
    verify: str | None = settings.setting(
        None, "Export to verify: replays its golden clip and writes nothing."
    )
    stream: bool = settings.setting(
        False,
        "Add a streaming signature: chunk by chunk, with states that the "
        "client keeps. For causal networks.",
    )
    stream_frames: int = settings.setting(
        1, "Frames per chunk of the stream.", minimum=1
    )
    crops: int = settings.setting(
        1,
        "Crops of each clip, spread evenly along the long side, whose scores "
        "are averaged as by --evaluate.crops; each takes the time of one. 1 "
        "is the centre crop.",
        minimum=1,
    )


COMMAND = flags.Command(
    summary="Exports a trained run for TensorFlow Serving and launch.predict.",
    settings=Config,
    sections={"limits": request_limits.Config},
    required=("workdir", "output"),
    unless="verify",
)


def main(resolved: flags.Resolved) -> int:
    """Writes a version and verifies it; 1 if the golden clip differs."""
    config, limits = resolved.settings, resolved.sections["limits"]
    if config.verify:
        return _verify(config.verify)
    path_checks.check_length("output", config.output, versions.LONGEST_NAMES)
    with folder_lock.held(config.output, "export", "another --output"):
        path = _export(config, limits)
    return _verify(str(path))


def _export(config: Config, limits: request_limits.Config) -> pathlib.Path:
    """Writes the next version and prints its path."""
    trained = restored_run.load_run(
        config.workdir, checkpoint=config.checkpoint
    )
    print(f"exporting step {trained.step} of {config.workdir}")
    objective = trained.objective
    _check_crops(config, objective)
    if objective.enhances is not None:
        path = enhancer.export(
            objective, trained.networks, config.output, limits
        )
        print(f"exported: {path}. Next: python -m launch.enhance")
        return path
    if isinstance(objective, gan.Gan):
        clip = trained.experiment.clip
        path = generator_export.export(
            objective, trained.networks, clip, config.output, limits
        )
        print(f"exported: {path}")
        return path
    metadata = _metadata(trained, limits, config.crops)
    if config.crops > 1:
        print(
            f"note: answers average {config.crops} crops, as launch.evaluate "
            f"--evaluate.crops={config.crops} does"
        )
    stream = _stream(trained, config.stream_frames) if config.stream else None
    metadata = metadata.with_answers(objective.answers)
    _note_change(pathlib.Path(config.output), metadata)
    path = exported_model.export(
        trained.objective,
        trained.networks,
        metadata,
        config.output,
        stream,
        _inputs(trained, metadata),
    )
    print(f"exported: {path}")
    return path


def _metadata(
    trained: restored_run.RestoredRun, limits: request_limits.Config, crops: int
) -> model_metadata.ModelMetadata:
    """The metadata of a run that gives scores or embeddings."""
    experiment, task = trained.experiment, trained.task
    modalities = experiment.components.modalities
    audio = text = None
    if network_inputs.AUDIO in modalities:
        audio = served_audio.describe(
            experiment.audio, task.clip, task.audio, trained.audio_media
        )
    if network_inputs.TEXT in modalities:
        text = served_text.describe(experiment.text)
    return model_metadata.ModelMetadata(
        task.clip,
        trained.labels,
        trained.media,
        limits=limits,
        crops=crops,
        has_frames=network_inputs.FRAMES in modalities,
        audio=audio,
        text=text,
    )


def _inputs(
    trained: restored_run.RestoredRun, metadata: model_metadata.ModelMetadata
) -> served_inputs.ServedInputs:
    """The inputs of the run's networks."""
    experiment, task = trained.experiment, trained.task
    frames = audio = text = None
    if metadata.has_frames:
        frames = served_inputs.Frames(task.clip, metadata.crops)
    if metadata.audio is not None:
        audio = served_audio.ServedAudio(
            experiment.audio, task.clip, task.audio
        )
    if metadata.text is not None:
        text = served_text.ServedText(experiment.text, task.text)
    return served_inputs.ServedInputs(metadata.limits, frames, audio, text)


def _check_crops(config: Config, objective: objectives.Objective) -> None:
    classifies = objective.enhances is None and not isinstance(
        objective, gan.Gan
    )
    if config.crops > 1 and (config.stream or not classifies):
        raise errors.UserError(
            f"--crops={config.crops} "
            + ("with --stream" if classifies else "of a run without scores")
            + ": only the scores of whole clips are averaged; wanted --crops=1"
        )


def _note_change(
    output: pathlib.Path, metadata: model_metadata.ModelMetadata
) -> None:
    """Prints how the labels differ from the newest existing version."""
    newest = versions.newest(output)
    described = newest / versions.EXTRA / "model.json"
    try:
        before = model_metadata.ModelMetadata.from_json(described.read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return  # No version yet, or one of another kind.
    if change := metadata.change_since(before):
        print(f"note: in {newest} {change}; see labels.txt of each version")


def _stream(
    trained: restored_run.RestoredRun, frames: int
) -> stream_serving.Stream:
    stream_serving.check_media(trained.media)
    return stream_serving.Stream(
        trained.objective,
        trained.networks,
        trained.experiment.components,
        trained.experiment.clip,
        len(trained.labels),
        frames,
    )


def _verify(path: str) -> int:
    frames = golden_frames.path_in(pathlib.Path(path))
    if frames is not None:
        apart = golden_frames.difference(frames)
        what = f"golden frames of {frames.parents[1]}"
        return (
            0
            if _say(what, apart, golden_frames.MAX_DIFFERENCE, "pixels")
            else 1
        )
    loaded = loaded_model.LoadedModel(path)
    good = _say(
        f"golden clip of {loaded.path}",
        loaded.golden_difference(),
        loaded.golden.tolerance,
    )
    if loaded.metadata.stream is not None:
        good &= _say(
            f"golden clip as a stream, {loaded.metadata.stream.frames} "
            "frame(s) at a time",
            loaded.golden_stream_difference(),
            loaded.golden.tolerance,
        )
    return 0 if good else 1


def _say(
    what: str, difference: float, tolerance: float, of: str = "scores"
) -> bool:
    good = difference <= tolerance
    print(
        f"{what}: {of} differ by {difference:.2g}, "
        f"{'good' if good else 'TOO MUCH'} (at most {tolerance:g})"
    )
    return good

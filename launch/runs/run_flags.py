"""The flags of a training run, and the experiment that they describe.

Training writes every resolved flag to `flags.flagfile` in the run's folder;
that file alone reproduces the run, and evaluation and export read it.
"""

import dataclasses
import pathlib
from typing import Any

from launch.runs import (
    checkpoints,
    devices,
    experiment,
    feature_settings,
    flag_paths,
    reference_network,
    renamed_run_flags,
    resumed_flags,
    run_folder,
    train_settings,
)
from pipelines import batch, clip_dataset
from pipelines.audio import audio_features
from pipelines.text import text_tokens
from tfrecords_tools.base import (
    errors,
    flags,
    path_checks,
    settings,
)
from video_models import default_components, network_inputs, objective
from video_models.optimization import learning_rates, optimizers
from video_models.weights import initial_weights

FILE_NAME = "flags.flagfile"
_LONGEST_NAMES = 256  # Bytes of a path inside a run's folder.


@dataclasses.dataclass(frozen=True)
class Config:
    """Data, folder, and the components of the network."""

    shards: str = settings.setting(
        "", "Folder that tfrecords_tools.build_shards wrote."
    )
    workdir: str = settings.setting(
        "", "Folder of the run: checkpoints, logs and metrics."
    )
    objective: str = settings.setting("classification", "Training objective.")
    modalities: tuple[str, ...] = settings.setting(
        (network_inputs.FRAMES,),
        "What the network sees, comma-separated: frames, audio (needs "
        "--audio.features), text (needs --text.tokens).",
        choices=network_inputs.MODALITIES,
    )
    backbone: str | None = settings.setting(
        None, "Encoder of the frames. Unset: frame_conv."
    )
    audio_backbone: str | None = settings.setting(
        None, "Encoder of the audio. Unset: spectrogram_conv."
    )
    text_backbone: str | None = settings.setting(
        None, "Encoder of the text. Unset: words."
    )
    fusion: str | None = settings.setting(
        None, "Fusion of several modalities. Unset: concatenate."
    )
    temporal: str | None = settings.setting(
        None,
        "Temporal module. Unset: attention if the backbone encodes each "
        "frame separately and --fusion keeps time, else none.",
    )
    head: str | None = settings.setting(
        None,
        "Output head. Unset: that of the backbone's paper for a network of "
        "frames, else classifier.",
    )
    generator: str | None = settings.setting(
        None, "Generator of frames. Unset: the objective's default."
    )
    discriminator: tuple[str, ...] | None = settings.setting(
        None,
        "Discriminators, comma-separated. Unset: the objective's default.",
    )
    features: str | None = settings.setting(
        None,
        "Folder of a trained run whose features are compared, for perceptual "
        "losses.",
    )
    augment: tuple[str, ...] = settings.setting(
        (), "Augmentations, comma-separated, applied in this order."
    )
    extra_inputs: tuple[str, ...] = settings.setting(
        (), "Additional entries of each example, comma-separated."
    )


COMMAND = flags.Command(
    summary="Trains a video model on shards; re-run to resume.",
    settings=Config,
    sections={
        "clip": batch.ClipSpec,
        "audio": audio_features.Config,
        "text": text_tokens.Config,
        "reader": clip_dataset.Config,
        "init": initial_weights.Config,
        "train": train_settings.Config,
        "feature_cache": feature_settings.Config,
        "optimizer": optimizers.Config,
        "learning_rate": learning_rates.Config,
        "devices": devices.Config,
    },
    choices={
        "objective": "video_models.objectives",
        "backbone": "video_models.backbones",
        "audio_backbone": "video_models.audio_backbones",
        "text_backbone": "video_models.text_backbones",
        "fusion": "video_models.fusion",
        "temporal": "video_models.temporal",
        "head": "video_models.heads",
        "generator": "video_models.generators",
        "discriminator": "video_models.discriminators",
        "augment": "pipelines.augmentations",
        "extra_inputs": "pipelines.extra_inputs",
    },
    not_given=default_components.NOT_GIVEN,
    early=("modalities",),
    recipes="launch.recipes",
    renamed=renamed_run_flags.NAMES,
)


def to_experiment(resolved: flags.Resolved) -> experiment.Experiment:
    """The experiment that the flags describe, with its reference network.

    Raises:
        UserError: a component has no use, or --features names no run with a
            backbone.
    """
    features = resolved.settings.features
    reference = _reference(features) if features else None
    return dataclasses.replace(_as_recorded(resolved), reference=reference)


def _reference(workdir: str) -> reference_network.Reference:
    chosen = read_experiment(workdir).components.backbone
    if chosen is None:
        raise errors.UserError(
            f"--features: the run in {workdir} has no backbone: wanted one of "
            "--objective=classification or the like"
        )
    backbone = flag_paths.without_files(chosen)
    return reference_network.Reference(workdir, backbone)


def _as_recorded(resolved: flags.Resolved) -> experiment.Experiment:
    """The experiment without its reference network, which may be missing."""
    sections = dict(resolved.sections)
    network_inputs.check_modalities(
        resolved.settings.modalities,
        sections["audio"].features != "none",
        sections["text"].tokens != "none",
    )
    if resolved.one("objective").module.AT_ONCE:
        sections["train"] = train_settings.at_once(sections["train"])
    return experiment.Experiment(
        shards=resolved.settings.shards,
        components=to_components(resolved),
        objective=resolved.one("objective"),
        augmentations=resolved.chosen["augment"],
        extra_inputs=resolved.chosen["extra_inputs"],
        **{k: sections[k] for k in COMMAND.sections},
    )


def to_components(resolved: flags.Resolved) -> objective.Components:
    """The components of the networks that the flags choose.

    Raises:
        UserError: the objective has no use for one of them.
    """
    goal = resolved.one("objective")
    takes, config = goal.module.COMPONENTS, resolved.settings
    every = [field.name for field in dataclasses.fields(objective.Components)]
    for name in every:
        if name not in takes and getattr(config, name):
            raise errors.UserError(
                f"--{name} with --objective={goal.name}, which has no use for "
                f"it: wanted {' or '.join(f'--{each}' for each in takes)}"
            )
    network_inputs.check_components(
        config.modalities,
        {name: getattr(config, name, None) for name in every},
        goal,
    )
    one = [name for name in every if name in resolved.chosen]
    components = {name: next(iter(resolved.chosen[name]), None) for name in one}
    return objective.Components(
        **{**components, "discriminator": resolved.chosen["discriminator"]}
    )


def of_run(resolved: flags.Resolved, **changed: Any) -> flags.Resolved:
    """The flags of a run, without those that only a command has.

    Args:
        resolved: of a command with at least the flags of `COMMAND`.
        **changed: values of `Config` to replace, such as `workdir`.
    """
    names = [field.name for field in dataclasses.fields(Config)]
    values = {name: getattr(resolved.settings, name) for name in names}
    return dataclasses.replace(
        resolved,
        settings=Config(**{**values, **changed}),
        sections={k: resolved.sections[k] for k in COMMAND.sections},
    )


def check_paths(resolved: flags.Resolved) -> None:
    """Refuses paths that a run cannot use.

    Raises:
        UserError: a value does not fit into a flag file, or the folder's
            path is too long.
    """
    path_checks.check_lines(flags.lines(resolved, COMMAND))
    workdir = resolved.settings.workdir
    path_checks.check_length("workdir", workdir, _LONGEST_NAMES)


def check(resolved: flags.Resolved) -> None:
    """Raises UserError if the run cannot be resumed with these flags."""
    folder = pathlib.Path(resolved.settings.workdir)
    path = folder / FILE_NAME
    done = checkpoints.Checkpoints(folder / "checkpoints").steps()
    if path.exists() and done:
        # Parsed like a command line: missing settings get defaults.
        then = _read(path)
        pair = _compared(then), _compared(resolved)
        resumed_flags.check(*pair, max(done), folder)


def _compared(resolved: flags.Resolved) -> resumed_flags.Flags:
    rows = [line.partition("=") for line in flags.lines(resolved, COMMAND)]
    sections = resolved.sections
    return resumed_flags.Flags(
        {name: value for name, _, value in rows},
        sections["train"],
        sections["learning_rate"],
    )


def record(resolved: flags.Resolved) -> None:
    """Writes the run's flag file."""
    path = pathlib.Path(resolved.settings.workdir) / FILE_NAME
    flags.write(resolved, COMMAND, path)


def _read(path: pathlib.Path) -> flags.Resolved:
    # Absolute: a relative path may begin with a blank or ~.
    return flags.parse(COMMAND, [f"--flagfile={path.absolute()}"])


def read_experiment(workdir: str) -> experiment.Experiment:
    """The experiment of a run, from its folder.

    The reference network is left out: only training needs it.

    Raises:
        UserError: there is no run.
    """
    path = pathlib.Path(workdir) / FILE_NAME
    run_folder.refuse_folds(workdir)
    if not path.is_file():
        raise errors.UserError(
            f"no {path}: is {workdir!r} the --workdir of launch.train?"
        )
    return _as_recorded(_read(path))

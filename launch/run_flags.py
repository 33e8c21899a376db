"""The flags of a training run, and the run's folder read back.

Training writes every resolved flag to `flags.flagfile` in the run's folder;
that file alone says the run again, and evaluation and export start from it.
"""

import dataclasses
import os
import pathlib

import tensorflow as tf

from launch import checkpoints, devices, experiment, train_loop
from pipelines import batch, clip_dataset
from pipelines.sound import sound_features
from pipelines.text import text_tokens
from tfrecords_tools.base import errors, flags, settings
from tfrecords_tools.media import reader
from video_models import learning_rates, objective, optimizers

FILE_NAME = "flags.flagfile"


@dataclasses.dataclass(frozen=True)
class Config:
    """Data, folder, and the parts of the network."""

    shards: str = settings.setting(
        "", "Folder that tfrecords_tools.build_shards wrote."
    )
    workdir: str = settings.setting(
        "", "Folder of the run: checkpoints, logs, metrics."
    )
    backbone: str = settings.setting("frame_conv", "Encodes the frames.")
    temporal: str = settings.setting("attention", "Relates the frames.")
    head: str = settings.setting("classifier", "Gives the answer.")
    objective: str = settings.setting("classification", "What to learn.")
    augment: tuple[str, ...] = settings.setting(
        (), "Augmentations in their order, with commas between."
    )
    view: tuple[str, ...] = settings.setting(
        (), "Further views of each clip, with commas between."
    )


COMMAND = flags.Command(
    summary="Trains a video model on shards; run again, it goes on.",
    settings=Config,
    sections={
        "clip": batch.ClipSpec,
        "sound": sound_features.Config,
        "text": text_tokens.Config,
        "reader": clip_dataset.Config,
        "train": train_loop.Config,
        "optimizer": optimizers.Config,
        "learning_rate": learning_rates.Config,
        "devices": devices.Config,
    },
    choices={
        "backbone": "video_models.backbones",
        "temporal": "video_models.temporal",
        "head": "video_models.heads",
        "objective": "video_models.objectives",
        "augment": "pipelines.augmentations",
        "view": "pipelines.views",
    },
)

# What may change when a run goes on. Shards are told apart by their content,
# and a change of devices that changes the last bits is said.
_FREE = (
    "--shards",
    "--workdir",
    "--reader.on_corrupt",
    "--reader.parallel_clips",
    "--reader.prefetch_batches",
    "--reader.service",
    "--devices.strategy",
    "--devices.xla",
    "--devices.threads",
    "--devices.logical_cpus",
    "--devices.tpu",
    "--train.keep",
    "--train.checkpoint_every",
    "--train.log_every",
    "--train.evaluate_every",
)


def to_experiment(resolved: flags.Resolved) -> experiment.Experiment:
    """The experiment that the flags describe."""
    sections = resolved.sections
    return experiment.Experiment(
        shards=resolved.settings.shards,
        parts=objective.Parts(
            resolved.one("backbone"),
            resolved.one("temporal"),
            resolved.one("head"),
        ),
        objective=resolved.one("objective"),
        augmentations=resolved.chosen["augment"],
        views=resolved.chosen["view"],
        **{k: sections[k] for k in COMMAND.sections},
    )


def with_whole_paths(resolved: flags.Resolved) -> flags.Resolved:
    """The same flags, understood from any folder."""
    own, reading = resolved.settings, resolved.sections["reader"]
    whole = {
        name: _whole_path(getattr(own, name)) for name in ("shards", "workdir")
    }
    if reading.cache:
        cache = _whole_path(reading.cache)
        reading = dataclasses.replace(reading, cache=cache)
    return dataclasses.replace(
        resolved,
        settings=dataclasses.replace(own, **whole),
        sections={**resolved.sections, "reader": reading},
    )


def _whole_path(path: str) -> str:
    return path if "://" in path else os.path.abspath(path)


def check(resolved: flags.Resolved) -> None:
    """Raises UserError where the run was begun with other flags."""
    folder = pathlib.Path(resolved.settings.workdir)
    path = folder / FILE_NAME
    begun = checkpoints.Checkpoints(folder / "checkpoints").steps()
    if path.exists() and begun:
        changed = _differences(path, flags.lines(resolved, COMMAND))
        if changed:
            raise errors.UserError(
                f"{folder} was begun with other flags: "
                + "; ".join(changed[:5])
                + ". Use those, or another --workdir"
            )


def record(resolved: flags.Resolved) -> None:
    """Writes the run's flag file."""
    path = pathlib.Path(resolved.settings.workdir) / FILE_NAME
    flags.write(resolved, COMMAND, path)


def read_back(workdir: str, shards: str | None = None) -> "Trained":
    """The newest checkpoint of a run.

    Args:
        workdir: the run's folder.
        shards: other shards than those of the run, where they moved.

    Raises:
        UserError: there is no run, or none with a checkpoint.
    """
    path = pathlib.Path(workdir) / FILE_NAME
    if not path.is_file():
        raise errors.UserError(
            f"no {path}: is {workdir!r} the --workdir of launch.train?"
        )
    resolved = flags.parse(COMMAND, [f"--flagfile={path}"])
    found = to_experiment(resolved)
    if shards:
        found = dataclasses.replace(found, shards=shards)
    return Trained(found, pathlib.Path(workdir))


class Trained:
    """A trained run: its experiment, labels and averaged networks.

    All of it comes from the run's folder; its shards may be gone.
    """

    def __init__(self, described: experiment.Experiment, workdir: pathlib.Path):
        """Restores the averaged networks of the newest checkpoint."""
        saved = checkpoints.Checkpoints(workdir / "checkpoints")
        steps = saved.steps()
        if not steps:
            raise errors.UserError(
                f"no checkpoint in {workdir}: run launch.train to its first "
                "--train.checkpoint_every"
            )
        self.experiment, self.step = described, steps[-1]
        facts = saved.facts(self.step)
        self.labels = tuple(facts["labels"])
        self.media = settings.from_dict(reader.Config, facts["media"])
        # Where it was trained does not matter any more.
        here = dataclasses.replace(
            described.devices, strategy="auto", logical_cpus=None
        )
        self.strategy = devices.start(here)
        task = objective.Task(
            described.clip,
            self.labels,
            tuple(facts["label_counts"]),
            facts["several_labels"],
        )
        self.loop = train_loop.TrainLoop(
            lambda: described.build_objective(task),
            self.strategy,
            described.train,
        )
        saved.restore(self.step, self.loop.state)
        self.objective: objective.Objective = self.loop.objective
        self.networks: dict[str, tf.keras.Model] = self.loop.averaged


def _differences(path: pathlib.Path, now: list[str]) -> list[str]:
    def kept(lines: list[str]) -> dict[str, str]:
        rows = [line.partition("=") for line in lines if line.startswith("--")]
        return {n: v for n, _, v in rows if not n.startswith(_FREE)}

    then, now = kept(path.read_text().splitlines()), kept(now)
    pairs = {
        name: (then.get(name, "not given"), now.get(name, "not given"))
        for name in sorted(set(then) | set(now))
    }
    return [f"{n}={a}, now {b}" for n, (a, b) in pairs.items() if a != b]

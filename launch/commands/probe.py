"""Probes how well labels can be read from the features of an encoder."""

import dataclasses
import json

from launch.embedding import encoders, labelled_clips
from launch.probing import probe_run, probes
from launch.runs import devices
from tfrecords_tools import annotations
from tfrecords_tools.base import atomic_write, errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config(encoders.BackboneFlags):
    """Encoder, data and probes."""

    shards: str = settings.setting("", "Folder of shards with labels.")
    workdir: str | None = settings.setting(
        None, "Folder of a run of launch.train, whose encoder is probed."
    )
    kind: tuple[str, ...] = settings.setting(
        ("linear", "knn"),
        "Probes, comma-separated: linear, a ridge regression; knn, 20 nearest "
        "neighbours.",
        choices=("linear", "knn"),
    )
    label_share: tuple[float, ...] = settings.setting(
        (1.0,),
        "Shares of the training labels, comma-separated, above 0 and at most "
        "1.",
    )
    seeds: int = settings.setting(
        3,
        "Draws of the labels for shares below 1; random encoders are drawn "
        "once.",
        minimum=1,
    )
    split: str = settings.setting("validation", "Split to test on.")
    json: str | None = settings.setting(
        None, "JSON file to write: a list of rows."
    )


COMMAND = flags.Command(
    summary="Probes how well labels can be read from an encoder's features.",
    settings=Config,
    sections={"clip": encoders.Clip, "devices": devices.Config},
    choices=encoders.CHOICES,
    not_given=encoders.NOT_GIVEN,
    required=("shards",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table, and writes --json."""
    config = resolved.settings
    _check_shares(config.label_share)
    named = encoders.choose(
        None, config.workdir, resolved.chosen, resolved.sections["clip"]
    )
    split = annotations.canonical_split(config.split) or config.split
    probe_run.check_labels(config.shards, split)
    devices.start(resolved.sections["devices"])
    print(f"encoder: {named.text}", flush=True)
    encoded = labelled_clips.compute(encoders.build(named), config.shards)
    print("random encoder of the same shape", flush=True)
    random = labelled_clips.compute(
        encoders.build_random(named, seed=0), config.shards
    )
    rows = probe_run.run(
        encoded, [random], split, config.kind, config.label_share, config.seeds
    )
    _print_table(rows, split)
    if config.json:
        values = [row.to_json() for row in rows]
        with atomic_write.file(config.json, "w") as stream:
            stream.write(json.dumps(values, indent=1) + "\n")
        print(f"written: {config.json}")


def _check_shares(shares: tuple[float, ...]) -> None:
    """Raises UserError for a share that is none."""
    for share in shares:
        if not 0 < share <= 1:
            raise errors.UserError(
                f"--label_share={share:g}: wanted shares above 0 and at most 1"
            )


def _print_table(rows: list[probes.Row], split: str) -> None:
    print(
        f"{'kind':<8}{'labels':>7}{'accuracy':>10}  {'95 % interval':<16}"
        f"{'random encoder':>15}{'majority':>10}"
    )
    for row in rows:
        interval = f"{row.interval[0]:.3f} to {row.interval[1]:.3f}"
        print(
            f"{row.kind:<8}{row.labels:>7}{row.accuracy:>10.3f}  "
            f"{interval:<16}{row.random_accuracy:>15.3f}{row.majority:>10.3f}"
        )
    print(
        f"{rows[0].tested} clips of {split}, central view; all that is chosen "
        "is chosen within the training part"
    )

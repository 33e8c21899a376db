"""Exports a trained run for serving, or verifies an export.

python -m launch.export --workdir=RUN --output=EXPORT
python -m launch.export --verify=EXPORT
"""

import dataclasses

from launch import run_flags, serving
from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """What to export, or to verify."""

    workdir: str = settings.setting("", "Folder of the run.")
    output: str = settings.setting(
        "", "Folder of the versions; the next number is added."
    )
    verify: str | None = settings.setting(
        None, "An export whose golden clip is replayed; nothing is written."
    )


COMMAND = flags.Command(
    summary="Exports a trained run for TensorFlow Serving and launch.predict.",
    settings=Config,
)


def main(resolved: flags.Resolved) -> int:
    """Writes a version and verifies it; 1 where the golden clip differs."""
    asked = resolved.settings
    if asked.verify:
        return _verify(asked.verify)
    for name in ("workdir", "output"):
        if not getattr(asked, name):
            raise errors.UserError(f"--{name} is not given; see --help")
    trained = run_flags.read_back(asked.workdir)
    print(f"exporting step {trained.step} of {asked.workdir}")
    facts = serving.ModelFacts(
        trained.experiment.clip, trained.labels, trained.media
    )
    path = serving.export(
        trained.objective, trained.networks, facts, asked.output
    )
    print(f"exported: {path}")
    return _verify(str(path))


def _verify(path: str) -> int:
    loaded = serving.Loaded(path)
    difference = loaded.golden_difference()
    good = difference <= serving.TOLERANCE
    print(
        f"golden clip of {loaded.path}: scores differ by {difference:.2g}, "
        f"{'good' if good else 'TOO MUCH'} (at most {serving.TOLERANCE:g})"
    )
    return 0 if good else 1


if __name__ == "__main__":
    flags.main(COMMAND, main)

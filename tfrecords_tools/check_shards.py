"""Command: finds damage in shards.

Run as `python -m tfrecords_tools.check_shards --shards=FOLDER`.
"""

import dataclasses

from tfrecords_tools import manifest, shard_check
from tfrecords_tools.base import errors, flags, progress, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's own flags."""

    shards: str | None = settings.setting(
        None, "Folder that build_shards wrote."
    )


COMMAND = flags.Command(
    summary="Finds damage in shards; exits with 1 where there is some.",
    settings=Config,
)


def run(resolved: flags.Resolved) -> int:
    """Prints every problem; returns 1 where there is one."""
    folder = resolved.settings.shards
    if not folder:
        raise errors.UserError("--shards is missing: wanted a folder")
    made = manifest.read(folder)
    shards = [shard for each in made.splits.values() for shard in each]
    size = sum(shard.size for shard in shards)
    print(f"{len(shards)} shards, {size / 1e6:.1f} MB in {folder}")
    with progress.bar("bytes", size) as told:
        problems = shard_check.check(folder, told)
    if not problems:
        print(f"no damage: {folder}")
        return 0
    print("\n".join(problems))
    print(f"{len(problems)} problems: build {folder} again")
    return 1


if __name__ == "__main__":
    flags.main(COMMAND, run)

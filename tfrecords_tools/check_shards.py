"""Command: finds damage in shards, and shows what is in them.

Run as `python -m tfrecords_tools.check_shards --shards=FOLDER`, with
`--report=report.html` for a page to look at.
"""

import dataclasses
import os
import pathlib
import time

from tfrecords_tools import label_balance, manifest
from tfrecords_tools.base import errors, flags, progress, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.checking import shard_check
from tfrecords_tools.checking.report import report_page


@dataclasses.dataclass(frozen=True)
class Config:
    """The command's own flags."""

    shards: str | None = settings.setting(
        None, "Folder that build_shards wrote."
    )
    workers: int = settings.setting(
        os.cpu_count() or 1, "Processes that read.", minimum=1
    )
    report: str | None = settings.setting(
        None, "HTML file to write: counts, lengths, sizes, a contact sheet."
    )


COMMAND = flags.Command(
    summary="Finds damage in shards; exits with 1 where there is some.",
    settings=Config,
    sections={"report": report_page.Config},
)


def run(resolved: flags.Resolved) -> int:
    """Prints every problem; returns 1 where there is one."""
    own, page = resolved.settings, resolved.sections["report"]
    if not own.shards:
        raise errors.UserError("--shards is missing: wanted a folder")
    with folder_lock.held_for(own.report, instead="another --report"):
        _refuse_strangers(own.report)
        return _check(own, page)


def _check(own: Config, page: report_page.Config) -> int:
    size = sum(
        path.stat().st_size
        for path in pathlib.Path(own.shards).glob("*.tfrecord")
    )
    print(f"{size / 1e6:.1f} MB of shards in {own.shards}")
    since = time.monotonic()
    samples = page.clips if own.report else 0
    with progress.bar("bytes", size) as told:
        found = shard_check.examine(own.shards, own.workers, samples, told)
    seconds = max(time.monotonic() - since, 1e-3)
    print(f"read in {seconds:.1f} s, {size / 1e6 / seconds:.0f} MB/s")
    if found.problems:
        print("\n".join(found.problems))
        print(f"{len(found.problems)} problems: build {own.shards} again")
    else:
        made = manifest.read(own.shards)
        for each in label_balance.warnings(made):
            print(f"warning: {each}")
        print(f"no damage: {own.shards}")
    if own.report:
        report_page.write(own.report, own.shards, found, page)
        print(f"report: {own.report}")
    return 1 if found.problems else 0


def _refuse_strangers(report: str | None) -> None:
    """Raises UserError where the page would overwrite something else."""
    if not report or not os.path.exists(report):
        return
    if os.path.isfile(report):
        with open(report, "rb") as stream:
            if stream.read(9).lower() == b"<!doctype":
                return
    raise errors.UserError(
        f"--report={report} exists and is no HTML page: choose another name"
    )


if __name__ == "__main__":
    flags.main(COMMAND, run)

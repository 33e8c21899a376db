"""Command: finds damage in shards, and reports what is in them.

Run as `python -m tfrecords_tools.check_shards --shards=FOLDER`, with
`--report=report.html` for an HTML report.
"""

import dataclasses
import os
import pathlib
import time

from tfrecords_tools import label_balance, manifest
from tfrecords_tools.base import errors, flags, progress, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.checking import shard_check
from tfrecords_tools.checking.report import report_document, report_page


@dataclasses.dataclass(frozen=True)
class Config:
    """Flags of this command."""

    shards: str | None = settings.setting(
        None, "Folder with shards, the output of build_shards."
    )
    workers: int = settings.setting(
        os.cpu_count() or 1, "Number of reading processes.", minimum=1
    )
    report: str | None = settings.setting(
        None, "HTML report to write: counts, lengths, sizes, contact sheet."
    )


COMMAND = flags.Command(
    summary="Finds damage in shards; exits with 1 where there is some.",
    settings=Config,
    sections={"report": report_page.Config},
)


def run(resolved: flags.Resolved) -> int:
    """Prints every problem; returns 1 if there is one."""
    config, page = resolved.settings, resolved.sections["report"]
    if not config.shards:
        raise errors.UserError(
            "--shards is not set: wanted a folder with shards"
        )
    with folder_lock.held_for(config.report, instead="another --report"):
        report_document.check_target(config.report)
        return _check(config, page)


def _check(config: Config, page: report_page.Config) -> int:
    size = sum(
        path.stat().st_size
        for path in pathlib.Path(config.shards).glob("*.tfrecord")
    )
    print(f"{size / 1e6:.1f} MB of shards in {config.shards}")
    since = time.monotonic()
    samples = page.clips if config.report else 0
    with progress.bar("bytes", size) as update:
        findings = shard_check.examine(
            config.shards, config.workers, samples, update
        )
    seconds = max(time.monotonic() - since, 1e-3)
    print(f"read in {seconds:.1f} s, {size / 1e6 / seconds:.0f} MB/s")
    if findings.problems:
        print("\n".join(findings.problems))
        print(f"{len(findings.problems)} problems: rebuild {config.shards}")
    else:
        written = manifest.read(config.shards)
        for each in label_balance.warnings(written):
            print(f"warning: {each}")
        print(f"no damage: {config.shards}")
    if config.report:
        report_page.write(config.report, config.shards, findings, page)
        print(f"report: {config.report}")
    return 1 if findings.problems else 0


if __name__ == "__main__":
    flags.main(COMMAND, run)

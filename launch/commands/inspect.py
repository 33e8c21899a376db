"""Inspects shards: probable label errors, near-duplicates, outliers."""

import dataclasses
import json

from launch.embedding import encoders, labelled_clips
from launch.inspection import findings as inspections
from launch.inspection import findings_table, inspection_page
from launch.runs import devices
from tfrecords_tools.base import atomic_write, flags, settings
from tfrecords_tools.base.files import folder_lock
from tfrecords_tools.checking.report import report_document


@dataclasses.dataclass(frozen=True)
class Config(encoders.BackboneFlags):
    """Data, encoder and output."""

    shards: str = settings.setting("", "Folder of shards.")
    model: str | None = settings.setting(
        None, "Output of launch.export, whose features are compared."
    )
    workdir: str | None = settings.setting(
        None, "Folder of a run of launch.train, instead of --model."
    )
    report: str = settings.setting(
        "inspection.html", "HTML page to write, with frames of the clips."
    )
    json: str | None = settings.setting(
        None, "JSON file to write: a list of all cases."
    )
    shown: int = settings.setting(
        100, "Cases of each list on the page, about 12 kB a clip.", minimum=1
    )
    printed: int = settings.setting(
        20, "Cases of each list in the table.", minimum=0
    )


COMMAND = flags.Command(
    summary=(
        "Inspects shards: probable label errors, near-duplicates, outliers, "
        "clusters without a label."
    ),
    settings=Config,
    sections={
        "inspect": inspections.Config,
        "clip": encoders.Clip,
        "devices": devices.Config,
    },
    choices=encoders.CHOICES,
    not_given=encoders.NOT_GIVEN,
    required=("shards",),
)


def main(resolved: flags.Resolved) -> None:
    """Prints a table and writes the page."""
    config = resolved.settings
    named = encoders.choose(
        config.model,
        config.workdir,
        resolved.chosen,
        resolved.sections["clip"],
    )
    with folder_lock.held_for(config.report, instead="another --report"):
        report_document.check_target(config.report)
        devices.start(resolved.sections["devices"])
        print(f"encoder: {named.text}", flush=True)
        clips = labelled_clips.compute(encoders.build(named), config.shards)
        findings = inspections.find(clips, resolved.sections["inspect"])
        for line in findings_table.lines(
            clips, findings, config.printed, named.is_trained
        ):
            print(line)
        inspection_page.write(
            config.report,
            config.shards,
            clips,
            findings,
            named.text,
            config.shown,
            named.is_trained,
            resolved.sections["inspect"].confidence,
        )
    if config.json:
        rows = inspections.to_json(clips, findings)
        with atomic_write.file(config.json, "w") as stream:
            stream.write(json.dumps(rows, indent=1) + "\n")
        print(f"written: {config.json}")
    print(f"report: {config.report}")

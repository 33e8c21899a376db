"""Builds small data sets, as several tests want them, and reads them back."""

import pathlib

from tfrecords_tools import check_shards, manifest, schema, shard_plan
from tfrecords_tools.base import flags, registry
from tfrecords_tools.base.files import shard_index, tfrecord
from tfrecords_tools.building import build_plan, data_set

ROOT = pathlib.Path(__file__).parents[2]
FORMATS = ROOT.parent / "shared/data/formats"


def request(input, output, source="video_folder", source_config=None,
            engine="local", **settings):  # fmt: skip
    """What to build; `cleaning` takes names, `cut` a name."""
    cleaning = tuple(
        registry.choose("tfrecords_tools.cleaning", step)
        for step in settings.pop("cleaning", ())
    )
    return build_plan.Request(
        registry.choose("tfrecords_tools.sources", source, source_config),
        str(input),
        str(output),
        shards=settings.pop(
            "shards", shard_plan.Config(minimum=2, chunk_frames=3)
        ),
        cleaning=cleaning,
        engine=registry.choose("tfrecords_tools.engines", engine),
        **settings,
    )


def build(input, output, workers=1, replace=False, **settings):
    """Builds; gives the manifest and the rows of the report."""
    asked = request(input, output, **settings)
    return data_set.build(build_plan.prepare(asked, replace), workers)


def files(folder):
    """Name to bytes of every file that is not hidden."""
    paths = [p for p in sorted(folder.iterdir()) if p.name[0] != "."]
    return {path.name: path.read_bytes() for path in paths}


def records(folder):
    """(split, clip number) to the records of that clip."""
    found = {}
    made = manifest.read(folder)
    for shards in made.splits.values():
        for shard in shards:
            path = folder / shard.name
            rows = shard_index.read(shard_index.path_of(path), schema.VERSION)
            with open(path, "rb") as stream:
                for record, row in zip(
                    tfrecord.read(stream, shard.size), rows, strict=True
                ):
                    key = shard.name.partition("-")[0], int(row[0])
                    parsed = schema.decode(record.data, made.contents)
                    found.setdefault(key, []).append(parsed)
    return found


def table(folder, *rows, header="path,label,split,start_seconds,end_seconds"):
    """Writes a table of clips."""
    path = folder / "labels.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def check(folder):
    """What the command check_shards exits with."""
    resolved = flags.parse(check_shards.COMMAND, [f"--shards={folder}"])
    return check_shards.run(resolved)

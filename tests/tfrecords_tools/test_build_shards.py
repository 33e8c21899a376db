import concurrent.futures
import csv
import json
import multiprocessing
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from tests.tfrecords_tools.numbered_videos import numbered, write_video
from tfrecords_tools import (
    build_plan,
    build_shards,
    check_shards,
    data_set,
    manifest,
    output_folder,
    schema,
    shard_plan,
    shard_pool,
)
from tfrecords_tools.base import errors, flags, registry, shard_index, tfrecord
from tfrecords_tools.media import reader

ROOT = pathlib.Path(__file__).parents[2]
FORMATS = ROOT.parent / "shared/data/formats"


def build(input, output, workers=1, replace=False, source="video_folder",
          **settings):  # fmt: skip
    request = build_plan.Request(
        registry.choose("tfrecords_tools.sources", source),
        str(input),
        str(output),
        shards=shard_plan.Config(minimum=2, chunk_frames=3),
        **settings,
    )
    return data_set.build(build_plan.prepare(request, replace), workers)


def files(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def records(folder):
    """(split, clip number) to the records of that clip."""
    found = {}
    for shards in manifest.read(folder).splits.values():
        for shard in shards:
            path = folder / shard.name
            rows = shard_index.read(shard_index.path_of(path), schema.VERSION)
            with open(path, "rb") as stream:
                for record, row in zip(
                    tfrecord.read(stream, shard.size), rows, strict=True
                ):
                    key = shard.name.partition("-")[0], int(row[0])
                    found.setdefault(key, []).append(schema.decode(record.data))
    return found


@pytest.fixture(scope="module")
def built(classes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    return folder, *build(classes, folder)


def test_two_workers_write_the_same_bytes(classes, built, tmp_path):
    build(classes, tmp_path, workers=2)
    assert files(tmp_path) == files(built[0])


def test_clips_are_cut_into_chunks(built):
    sizes = {
        tuple(len(chunk["frames"]) for chunk in chunks)
        for chunks in records(built[0]).values()
    }
    assert sizes == {(3, 3, 2)}


def test_frames_are_what_the_reader_gives(classes, built):
    for chunks in records(built[0]).values():
        jpegs = [jpeg for chunk in chunks for jpeg in chunk["frames"]]
        path = classes / chunks[0]["path"].decode()
        assert jpegs == [frame.data for frame in reader.read_frames(path)]


def test_the_manifest_counts_what_was_written(built):
    folder, made, rows = built
    assert made.labels == ("run", "walk")
    assert sum(map(sum, made.label_counts.values())) == 10
    assert manifest.read(folder) == made


def test_a_file_that_is_no_video_is_skipped(built):
    skipped = [row for row in built[2] if row["status"] != "ok"]
    assert [(r["path"], r["status"]) for r in skipped] == [
        ("README.txt", "skipped")
    ]


def test_nothing_unfinished_is_left(built):
    assert not list(built[0].glob("*.partial")) + list(built[0].glob(".*"))


def test_every_row_of_the_report_has_a_reason(built):
    with open(built[0] / "report.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 11 and all(row["reason"] for row in rows)


def table(folder, *rows):
    path = folder / "labels.csv"
    header = "path,label,split,start_seconds,end_seconds"
    path.write_text("\n".join([header, *rows, ""]))
    return path


def test_a_failed_clip_leaves_a_gap_in_the_numbers(classes, tmp_path):
    for number in range(6):
        video = classes / f"run/{number % 5}.mp4"
        (tmp_path / f"{number}.mp4").write_bytes(video.read_bytes())
    (tmp_path / "3.mp4").write_bytes(b"")
    rows = [f"{number}.mp4,run,train,," for number in range(6)]
    output = tmp_path / "out"
    made, _ = build(table(tmp_path, *rows), output, source="csv_file")
    assert len(records(output)) == 5
    assert made.label_counts == {"train": (5,)}
    assert max(number for _, number in records(output)) <= 5


def test_a_clip_that_breaks_half_way_leaves_no_bytes(classes, tmp_path):
    whole = write_video(
        tmp_path / "b.mkv", [numbered(n % 60) for n in range(90)]
    ).read_bytes()
    (tmp_path / "b.mkv").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a.mp4").write_bytes((classes / "run/0.mp4").read_bytes())
    output = tmp_path / "out"
    path = table(tmp_path, "a.mp4,x,train,,", "b.mkv,x,train,,")
    made, rows = build(path, output, source="csv_file")
    assert [row["status"] for row in rows] == ["ok", "truncated"]
    assert [r[0]["path"] for r in records(output).values()] == [b"a.mp4"]
    assert check(output) == 0


def test_spans_of_one_video_share_a_row_of_the_report(classes, tmp_path):
    path = table(tmp_path, "run/0.mp4,a,train,0,0.1", "run/0.mp4,b,train,0.1,")
    made, rows = build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert [(row["path"], row["frames"]) for row in rows] == [("run/0.mp4", 8)]


def test_a_span_without_frames_fails_with_a_reason(classes, tmp_path):
    path = table(tmp_path, "run/0.mp4,a,train,0,0.1", "run/0.mp4,b,train,7,8")
    _, rows = build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert rows[0]["status"] == "no_frames_in_span"
    assert rows[0]["reason"].startswith("1 of 2 clips")


def test_labels_of_other_splits_come_after_those_of_training(classes, tmp_path):
    path = table(
        tmp_path,
        "run/0.mp4,z,train,,",
        "run/1.mp4,a,test,,",
        "run/2.mp4,b|z,train,,",
    )
    made, _ = build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert made.labels == ("b", "z", "a") and made.several_labels


def test_a_rebuild_keeps_the_ids_and_removes_old_shards(classes, tmp_path):
    settings = {"source": "csv_file", "video_root": str(classes)}
    output = tmp_path / "out"
    rows = [f"run/{n}.mp4,m,train,," for n in range(4)]
    build(table(tmp_path, *rows), output, **settings)
    made, _ = build(table(tmp_path, "run/0.mp4,a,train,,"), output, **settings)
    assert made.labels == ("m", "a")
    assert sorted(p.name for p in output.glob("train*")) == [
        "train-00000-of-00001.index",
        "train-00000-of-00001.tfrecord",
    ]


def test_another_data_set_is_replaced_only_on_demand(classes, built, tmp_path):
    output = tmp_path / "out"
    build(table(tmp_path, "run/0.mp4,a,train,,"), output, source="csv_file",
          video_root=str(classes))  # fmt: skip
    before = files(output)
    with pytest.raises(errors.UserError, match="--replace"):
        build(classes, output)
    assert files(output) == before
    assert build(classes, output, replace=True)[0].labels == ("run", "walk")


def test_where_every_clip_fails_nothing_is_replaced(classes, tmp_path):
    videos, output = tmp_path / "videos", tmp_path / "out"
    write_video(videos / "a.mp4", [numbered(1)] * 3)
    build(videos, output)
    before = files(output)
    (videos / "a.mp4").write_bytes(b"")
    with pytest.raises(errors.UserError, match="a.mp4: is an empty file"):
        build(videos, output)
    after = files(output)
    assert b"a.mp4,empty" in after.pop("report.csv")
    assert before.pop("report.csv") and after == before


class Killed(BaseException):
    """Ends the program at once."""


@pytest.mark.parametrize("moved", [0, 1, 3, 5, 6])
def test_a_move_that_was_stopped_is_finished_first(
    classes, tmp_path, monkeypatch, moved
):
    settings = {"source": "csv_file", "video_root": str(classes)}
    output = tmp_path / "out"
    rows = [f"run/{n}.mp4,m,train,," for n in range(4)]
    build(table(tmp_path, *rows[:1]), output, **settings)
    path = table(tmp_path, *rows, "walk/0.mp4,z,train,,")
    left = [moved]

    def replace(source, target):
        if pathlib.Path(target).parent == output:
            if not left[0]:
                raise Killed
            left[0] -= 1
        os.rename(source, target)

    monkeypatch.setattr(os, "replace", replace)
    try:
        build(path, output, **settings)
    except Killed:
        with pytest.raises(errors.UserError, match="half replaced"):
            manifest.read(output)
    monkeypatch.undo()
    with output_folder.claimed(output):
        assert check(output) == 0
        table(tmp_path, "run/0.mp4,a,train,,")
        assert build(path, output, **settings)[0].labels == ("m", "z", "a")
    assert len(files(output)) == 4


def test_a_second_build_into_one_folder_is_refused(tmp_path):
    with output_folder.claimed(tmp_path / "out"):
        with pytest.raises(errors.UserError, match="another build"):
            with output_folder.claimed(tmp_path / "out"):
                pass
    assert not (tmp_path / "out").exists()


def test_no_clips_name_the_input(tmp_path):
    with pytest.raises(errors.UserError, match=f"--input={tmp_path}"):
        build(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    "text", ["[]", "3", f'{{"schema_version": {schema.VERSION}}}', "{"]
)
def test_what_is_no_manifest_is_told(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(errors.UserError, match="manifest.json"):
        manifest.read(tmp_path)


@pytest.mark.parametrize(
    "field, value",
    [("tasks", []), ("splits", {"train": [3]}), ("settings", {"media": 1}),
     ("labels", "run"), ("label_counts", {"train": ["3"]})],
)  # fmt: skip
def test_a_manifest_of_wrong_types_is_told(built, tmp_path, field, value):
    values = json.loads((built[0] / "manifest.json").read_text())
    values[field] = value
    (tmp_path / "manifest.json").write_text(json.dumps(values))
    with pytest.raises(errors.UserError, match="is damaged"):
        manifest.read(tmp_path)


def test_shards_of_another_schema_are_replaced_on_demand(classes, tmp_path):
    build(classes, tmp_path)
    path = tmp_path / "manifest.json"
    values = json.loads(path.read_text()) | {"schema_version": 0}
    path.write_text(json.dumps(values))
    with pytest.raises(errors.UserError, match="add --replace"):
        build(classes, tmp_path)
    build(classes, tmp_path, replace=True)


@pytest.mark.parametrize("name", ["file", "file/below", "n" * 300])
def test_an_output_that_cannot_be_is_told(classes, tmp_path, name):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.UserError, match="cannot write"):
        build(classes, tmp_path / name)


def test_ctrl_c_while_workers_start_stops_the_build(
    classes, tmp_path, monkeypatch, request
):
    submit = concurrent.futures.ProcessPoolExecutor.submit

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return submit(*arguments)

    monkeypatch.setattr(
        concurrent.futures.ProcessPoolExecutor, "submit", interrupted
    )
    # Where tests run in the background, Ctrl-C is ignored from the start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with pytest.raises(KeyboardInterrupt):
        build(classes, tmp_path / "out", workers=2)
    assert not list((tmp_path / "out").iterdir())


def test_shards_over_the_videos_are_refused(classes):
    with pytest.raises(errors.UserError, match="folder of the videos"):
        build(classes, classes)


def test_a_missing_video_stops_before_any_work(tmp_path):
    path = table(tmp_path, "none.mp4,a,train,,")
    with pytest.raises(errors.UserError, match="labels.csv:2: no file"):
        build(path, tmp_path / "out", source="csv_file")
    assert not (tmp_path / "out").exists()


def test_a_row_that_names_a_folder_is_told(classes, tmp_path):
    path = table(tmp_path, "run/0.mp4,a,train,,", "run,a,train,,")
    with pytest.raises(errors.UserError, match="labels.csv:3: .* is a folder"):
        build(path, tmp_path / "out", source="csv_file",
              video_root=str(classes))  # fmt: skip


LIMITED = """
import resource, signal, sys
from tfrecords_tools import build_shards
from tfrecords_tools.base import flags
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
flags.main(build_shards.COMMAND, build_shards.run)
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_leaves_what_stood(classes, tmp_path, workers):
    output = tmp_path / "out"
    build(classes, output)
    before = files(output)
    result = subprocess.run(
        [sys.executable, "-c", LIMITED, f"--input={classes}",
         f"--output={output}", f"--workers={workers}"],
        capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert result.returncode == 2
    assert "size limit" in result.stderr and str(output) in result.stderr
    assert "Traceback" not in result.stderr
    assert files(output) == before


def check(folder):
    resolved = flags.parse(check_shards.COMMAND, [f"--shards={folder}"])
    return check_shards.run(resolved)


def test_the_command_builds_what_the_check_accepts(classes, tmp_path, capsys):
    resolved = flags.parse(
        build_shards.COMMAND,
        ["--source=video_folder", f"--input={classes}", "--workers=1",
         f"--output={tmp_path}", "--media.frame_rate=10"],
    )  # fmt: skip
    build_shards.run(resolved)
    assert "10 ok, 1 skipped" in capsys.readouterr().out
    assert check(tmp_path) == 0
    settings = json.loads((tmp_path / "manifest.json").read_text())["settings"]
    assert settings["media"]["frame_rate"] == 10


def test_a_source_has_flags_of_its_own_name():
    resolved = flags.parse(
        build_shards.COMMAND, ["--source=csv_file", "--columns.group=scene"]
    )
    assert resolved.one("source").config.group == "scene"


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("cannot mount a small disk here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_leaves_what_stood(
    classes, plain_video, small_disk
):
    build(classes, small_disk)
    before = files(small_disk)
    with pytest.raises(errors.UserError, match="disk is full"):
        build(plain_video.parent, small_disk, replace=True)
    assert files(small_disk) == before


NO_TENSORFLOW = """
import concurrent.futures, importlib, multiprocessing, pkgutil, sys
import tfrecords_tools
here = tfrecords_tools.__path__
for module in pkgutil.walk_packages(here, "tfrecords_tools."):
    if "tfds_builders" not in module.name:
        importlib.import_module(module.name)
assert "tensorflow" not in sys.modules and "keras" not in sys.modules
"""


def test_importing_the_package_imports_no_tensorflow():
    subprocess.run(
        [sys.executable, "-c", NO_TENSORFLOW],
        check=True,
        cwd=ROOT,
    )


def test_workers_import_no_tensorflow():
    with concurrent.futures.ProcessPoolExecutor(
        1,
        multiprocessing.get_context("spawn"),
        shard_pool._start_worker,
        (None, None),
    ) as pool:
        found = pool.submit(eval, "'tensorflow' in __import__('sys').modules")
        assert found.result() is False


BAD = {"syn_empty.mp4": "empty", "syn_truncated.mp4": "truncated"}


@pytest.mark.skipif(not FORMATS.is_dir(), reason="no real videos here")
@pytest.mark.parametrize(
    "path",
    [p.relative_to(FORMATS) for p in sorted(FORMATS.rglob("*.*"))],
    ids=str,
)
def test_real_file_has_the_right_status(path):
    wanted = BAD.get(path.name)
    config = reader.Config(short_side=64)
    if wanted is None:
        frames = reader.read_frames(FORMATS / path, config, 0, 2)
        assert len(list(frames)) >= 1
        return
    with pytest.raises(reader.VideoError) as caught:
        list(reader.read_frames(FORMATS / path, config))
    assert caught.value.status == wanted

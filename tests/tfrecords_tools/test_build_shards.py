import csv
import json

import pytest

from tests.tfrecords_tools.fixtures import small
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools import build_shards, manifest
from tfrecords_tools.base import errors, flags
from tfrecords_tools.building import build_report
from tfrecords_tools.media import reader


def test_clips_are_cut_into_chunks(built):
    sizes = {
        tuple(len(chunk["frames"]) for chunk in chunks)
        for chunks in small.records(built[0]).values()
    }
    assert sizes == {(3, 3, 2)}


def test_frames_are_what_the_reader_gives(classes, built):
    for chunks in small.records(built[0]).values():
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


def test_the_report_records_the_group_of_each_video(classes, tmp_path):
    path = tmp_path / "groups.csv"
    path.write_text(
        "path,label,group\nrun/0.mp4,run,a\nrun/1.mp4,run,a\nrun/2.mp4,run,\n"
    )
    output = tmp_path / "out"
    small.build(path, output, source="csv_file", video_root=str(classes))
    videos = ["run/2.mp4", "run/1.mp4", "run/0.mp4", "of_no_row.mp4"]
    found = build_report.groups_of(output, videos)
    assert found == ["run/2.mp4", "a", "a", "of_no_row.mp4"]


def test_without_recorded_groups_each_video_is_its_own(tmp_path):
    (tmp_path / "report.csv").write_text("path,split\na.mp4,train\n")
    assert build_report.groups_of(tmp_path, ["a.mp4"]) == ["a.mp4"]


def test_a_failed_clip_leaves_a_gap_in_the_numbers(classes, tmp_path):
    for number in range(6):
        video = classes / f"run/{number % 5}.mp4"
        (tmp_path / f"{number}.mp4").write_bytes(video.read_bytes())
    (tmp_path / "3.mp4").write_bytes(b"")
    rows = [f"{number}.mp4,run,train,," for number in range(6)]
    output = tmp_path / "out"
    made, _ = small.build(
        small.table(tmp_path, *rows), output, source="csv_file"
    )
    assert len(small.records(output)) == 5
    assert made.label_counts == {"train": (5,)}
    assert max(number for _, number in small.records(output)) <= 5


def test_a_clip_that_breaks_half_way_leaves_no_bytes(classes, tmp_path):
    whole = write_video(
        tmp_path / "b.mkv", [numbered(n % 60) for n in range(90)]
    ).read_bytes()
    (tmp_path / "b.mkv").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "a.mp4").write_bytes((classes / "run/0.mp4").read_bytes())
    output = tmp_path / "out"
    path = small.table(tmp_path, "a.mp4,x,train,,", "b.mkv,x,train,,")
    made, rows = small.build(path, output, source="csv_file")
    assert [row["status"] for row in rows] == ["ok", "truncated"]
    assert [r[0]["path"] for r in small.records(output).values()] == [b"a.mp4"]
    assert small.check(output) == 0


def test_spans_of_one_video_share_a_row_of_the_report(classes, tmp_path):
    path = small.table(
        tmp_path, "run/0.mp4,a,train,0,0.1", "run/0.mp4,b,train,0.1,"
    )
    made, rows = small.build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert [(row["path"], row["frames"]) for row in rows] == [("run/0.mp4", 8)]


def test_a_span_without_frames_fails_with_a_reason(classes, tmp_path):
    path = small.table(
        tmp_path, "run/0.mp4,a,train,0,0.1", "run/0.mp4,b,train,7,8"
    )
    _, rows = small.build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert rows[0]["status"] == "no_frames_in_span"
    assert rows[0]["reason"].startswith("1 of 2 clips")


def test_labels_of_other_splits_come_after_those_of_training(classes, tmp_path):
    path = small.table(
        tmp_path,
        "run/0.mp4,z,train,,",
        "run/1.mp4,a,test,,",
        "run/2.mp4,b|z,train,,",
    )
    made, _ = small.build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert made.labels == ("b", "z", "a") and made.several_labels


def test_a_rebuild_keeps_the_ids_and_removes_old_shards(classes, tmp_path):
    settings = {"source": "csv_file", "video_root": str(classes)}
    output = tmp_path / "out"
    rows = [f"run/{n}.mp4,m,train,," for n in range(4)]
    small.build(small.table(tmp_path, *rows), output, **settings)
    made, _ = small.build(
        small.table(tmp_path, "run/0.mp4,a,train,,"), output, **settings
    )
    assert made.labels == ("m", "a")
    assert sorted(p.name for p in output.glob("train*")) == [
        "train-00000-of-00001.index",
        "train-00000-of-00001.tfrecord",
    ]


def test_no_clips_name_the_input(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(errors.UserError, match=f"--input={tmp_path}/in"):
        small.build(tmp_path / "in", tmp_path / "out")


def test_a_missing_video_stops_before_any_work(tmp_path):
    path = small.table(tmp_path, "none.mp4,a,train,,")
    with pytest.raises(errors.UserError, match="labels.csv:2: no file"):
        small.build(path, tmp_path / "out", source="csv_file")
    assert not (tmp_path / "out").exists()


def test_a_row_that_names_a_folder_is_told(classes, tmp_path):
    path = small.table(tmp_path, "run/0.mp4,a,train,,", "run,a,train,,")
    with pytest.raises(errors.UserError, match="labels.csv:3: .* is a folder"):
        small.build(
            path, tmp_path / "out", source="csv_file", video_root=str(classes)
        )


def test_the_command_builds_what_the_check_accepts(classes, tmp_path, capsys):
    resolved = flags.parse(
        build_shards.COMMAND,
        [
            "--source=video_folder",
            f"--input={classes}",
            "--workers=1",
            f"--output={tmp_path}",
            "--media.frame_rate=10",
        ],
    )
    build_shards.run(resolved)
    assert "10 ok, 1 skipped" in capsys.readouterr().out
    assert small.check(tmp_path) == 0
    settings = json.loads((tmp_path / "manifest.json").read_text())["settings"]
    assert settings["media"]["frame_rate"] == 10


def test_a_source_has_flags_of_its_own_name():
    resolved = flags.parse(
        build_shards.COMMAND, ["--source=csv_file", "--columns.group=scene"]
    )
    assert resolved.one("source").config.group == "scene"


def test_old_flag_files_may_call_audio_sound(tmp_path):
    path = tmp_path / "old.flagfile"
    path.write_text("--sound.rate=8000\n--nosound.voice\n")
    resolved = flags.parse(build_shards.COMMAND, [f"--flagfile={path}"])
    assert resolved.sections["audio"].rate == 8000


def test_the_command_line_learns_the_new_name_of_sound():
    with pytest.raises(errors.UserError, match="--sound.rate is now --audio"):
        flags.parse(build_shards.COMMAND, ["--sound.rate=8000"])

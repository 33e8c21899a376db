"""What makes the figures of a data set worth little is said."""

import dataclasses
import hashlib

import pytest

from tests.tfrecords_tools.fixtures import small
from tfrecords_tools import build_shards, label_balance, manifest
from tfrecords_tools.base import flags


def made(labels, train, validation=None, test=None, **more):
    """A manifest of so many clips of each label; counts may be dicts."""
    counts = {"train": train, "validation": validation, "test": test}
    counts = {split: row for split, row in counts.items() if row is not None}
    sizes = more.pop("sizes", {k: sum(row) for k, row in counts.items()})
    return manifest.Manifest(
        labels=labels,
        tasks=more.pop("tasks", {}),
        several_labels=more.pop("several_labels", False),
        splits={
            split: (manifest.Shard("x", size, 0, 0, 0, "", ""),)
            for split, size in sizes.items()
        },
        settings={},
        label_counts=counts,
        **more,
    )


def told(*args, asked=None, **more):
    return label_balance.warnings(made(*args, **more), asked)


def test_a_sound_data_set_has_nothing_to_say():
    assert told(("a", "b"), (400, 400), (50, 50), (50, 50)) == []


def test_one_label():
    (text,) = told(("left",), (400,), (50,))
    assert "only one label, 'left'" in text and "add clips with another" in text


def test_a_label_that_is_left_without_clips_makes_no_second_one():
    assert "only one label" in told(("a", "gone"), (400, 0), (50, 0))[0]


def test_labels_without_a_training_clip():
    (text,) = told(("a", "b", "c"), (400, 400, 0), (50, 50, 50))
    assert (
        text.startswith("1 of 3 labels has no training clip") and ": c;" in text
    )


def test_labels_without_a_validation_clip():
    (text,) = told(("a", "b", "c"), (400, 4, 4), (50, 0, 0))
    assert "2 of 3 labels have no validation clip" in text
    assert "b, c" in text and "two groups" in text


def test_labels_without_a_test_clip():
    (text,) = told(("a", "b"), (400, 400), (50, 50), (50, 0))
    assert "no test clip" in text and "three groups" in text


def test_many_labels_are_not_all_listed():
    names = tuple(f"c{n}" for n in range(40))
    (text,) = told(names, (9,) * 40, (40, *[0] * 39))
    assert "39 of 40" in text and "c5 and 34 more" in text


def test_no_validation_split():
    (text,) = told(("a", "b"), (4, 4))
    assert "no validation split" in text


def test_a_handful_of_validation_clips_tells_between_what_it_lies():
    (text,) = told(("a", "b"), (40, 40), (3, 2))
    assert "5 clips" in text and "4 right of 5 would mean 38 to 96 %" in text


def test_clips_without_a_label_are_counted():
    (text,) = told(
        ("a", "b"),
        (40, 40),
        (20, 20),
        sizes={"train": 90, "validation": 42},
    )
    assert "12 of 132 clips have no label (train 10, validation 2)" in text


def test_those_of_several_labels_are_counted_where_the_shards_tell():
    (text,) = told(
        ("a", "b"),
        (40, 40),
        (40, 40),
        sizes={"train": 60, "validation": 60},
        several_labels=True,
        unlabelled={"": {"train": 7, "validation": 0}},
    )
    assert "7 of 120 clips have no label (train 7)" in text


def test_shards_of_old_say_nothing_of_several():
    counts = {"sizes": {"train": 60, "validation": 60}, "several_labels": True}
    assert told(("a", "b"), (40, 40), (40, 40), **counts) == []


def test_a_label_on_every_training_clip():
    (text,) = told(
        ("a", "b"),
        (60, 30),
        (40, 40),
        sizes={"train": 60, "validation": 60},
        several_labels=True,
        unlabelled={"": {"train": 0, "validation": 0}},
    )
    assert "every training clip that has labels has a" in text


PLACES = {
    "tasks": {"place": ("in", "out")},
    "task_counts": {"place": {"train": (80, 0), "validation": (40, 0)}},
    "unlabelled": {"": {}, "place": {"train": 0, "validation": 0}},
}


def test_a_further_task_is_named():
    texts = told(("a", "b"), (40, 40), (20, 20), **PLACES)
    assert any("only one label of task place, 'in'" in t for t in texts)
    assert any("no training clip" in t and "of task place" in t for t in texts)


def test_sets_that_do_not_matter_are_left_out():
    assert told(("a", "b"), (40, 40), (20, 20), asked=("",), **PLACES) == []


@pytest.mark.parametrize(
    "share, clips, wanted",
    [(0.5, 10, (0.237, 0.763)), (1.0, 5, (0.566, 1.0)), (0.0, 0, (0.0, 1.0))],
)
def test_wilson_is_that_of_the_tables(share, clips, wanted):
    found = label_balance.wilson(share, clips)
    assert found == pytest.approx(wanted, abs=5e-4)


def build(capsys, *arguments):
    build_shards.run(flags.parse(build_shards.COMMAND, list(arguments)))
    lines = capsys.readouterr().out.splitlines()
    return [line for line in lines if line.startswith("warning: ")]


def test_the_command_says_it_once_beside_its_summary(classes, tmp_path, capsys):
    path = small.table(
        tmp_path, "run/0.mp4,a|b,train,,", "run/1.mp4,,train,,",
        "run/2.mp4,b,val,,",
    )  # fmt: skip
    texts = build(
        capsys, "--source=csv_file", f"--input={path}", "--workers=1",
        f"--video_root={classes}", f"--output={tmp_path / 'out'}",
    )  # fmt: skip
    assert len(texts) == len(set(texts)) == 4
    assert "1 of 3 clips have no label (train 1)" in texts[0]


def test_the_manifest_counts_tasks_and_clips_without_a_label(classes, tmp_path):
    path = small.table(
        tmp_path, "run/0.mp4,a,train,in", "run/1.mp4,,train,out",
        "run/2.mp4,a,val,", header="path,label,split,label.place",
    )  # fmt: skip
    found, _ = small.build(
        path, tmp_path / "out", source="csv_file", video_root=str(classes)
    )
    assert found.task_counts == {
        "place": {"train": (1, 1), "validation": (0, 0)}
    }
    assert found.unlabelled == {
        "": {"train": 1, "validation": 0},
        "place": {"train": 0, "validation": 1},
    }
    assert manifest.read(tmp_path / "out") == found


def test_a_manifest_of_old_is_read(built, tmp_path):
    old = dataclasses.replace(built[1], unlabelled={}, task_counts={})
    manifest.write(tmp_path, old)
    path = tmp_path / manifest.FILE_NAME
    lines = [
        line
        for line in path.read_text().splitlines()
        if "unlabelled" not in line and "task_counts" not in line
    ]
    text = "\n".join(lines).replace(f'"{sum_of(path)}"', '""') + "\n"
    path.write_text(text.replace('"checksum": ""', f'"checksum": "{of(text)}"'))
    assert manifest.read(tmp_path) == old


def sum_of(path):
    return path.read_text().split('"checksum": "')[1].split('"')[0]


def of(text):
    return hashlib.sha256(text.encode()).hexdigest()


def test_no_training_split():
    (text,) = told(("a", "b"), None, None, (50, 50))
    assert "no training split" in text


def test_the_size_of_a_fold_is_no_finding():
    fold = made(("a", "b"), (40, 40), (2, 2))
    assert "has 4 clips, too few" in label_balance.warnings(fold)[0]
    assert label_balance.warnings(fold, judges_sizes=False) == []

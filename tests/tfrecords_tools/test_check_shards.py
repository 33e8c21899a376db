import dataclasses
import json
import random
import shutil

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import written_shards
from tfrecords_tools import check_shards, manifest, schema
from tfrecords_tools.base import errors, flags
from tfrecords_tools.base.files import shard_index
from tfrecords_tools.checking import scan_pool, shard_check, track_check

FIRST, SECOND = (f"train-0000{n}-of-00002.tfrecord" for n in (0, 1))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return written_shards.write(tmp_path_factory.mktemp("written"))


@pytest.fixture
def folder(written, tmp_path):
    """A copy to be damaged."""
    return shutil.copytree(written, tmp_path / "shards")


def problems(folder):
    return "\n".join(shard_check.check(folder))


def flip(path, place, bit=0):
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def rows_of(folder, name):
    return shard_index.read(shard_index.path_of(folder / name), schema.VERSION)


def test_whole_shards_have_no_problems(folder):
    assert problems(folder) == ""


def test_fifty_random_flips_are_found_and_named(written, tmp_path):
    chance = random.Random(50)
    for number in range(50):
        folder = shutil.copytree(written, tmp_path / str(number))
        path = chance.choice(sorted(folder.iterdir()))
        place = chance.randrange(path.stat().st_size)
        flip(path, place, chance.randrange(8))
        found = problems(folder)
        assert path.name in found, (path.name, place)
        if path.suffix == ".tfrecord":
            rows = rows_of(folder, path.name)
            row = rows[rows[:, 1] <= place][-1]
            assert f"{path.name}, offset {row[1]}, clip {row[0]}: " in found


def test_no_flip_of_case_in_the_manifest_goes_unseen(tmp_path):
    labels = ("caf\N{LATIN SMALL LETTER E WITH ACUTE}", "walk")
    written_shards.write(tmp_path, {"train": 2}, labels)
    path = tmp_path / manifest.FILE_NAME
    content = path.read_bytes()
    assert rb"\u00e9" in content
    for place in range(len(content)):
        flip(path, place, bit=5)
        with pytest.raises(errors.UserError, match=manifest.FILE_NAME):
            manifest.read(tmp_path)
        path.write_bytes(content)


def test_an_edited_manifest_is_told_from_one_of_another_version(folder):
    path = folder / manifest.FILE_NAME
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"labels": ["run", "stroll"]}))
    assert "its checksum does not fit" in problems(folder)
    path.write_text(json.dumps(values | {"schema_version": 99}))
    assert "schema version 99" in problems(folder)


def test_every_damage_of_a_shard_is_named(folder):
    rows = rows_of(folder, FIRST)
    flip(folder / FIRST, 0)
    flip(folder / FIRST, int(rows[3, 1]) + 50)
    found = problems(folder)
    assert f"{FIRST}, offset 0, clip 0: checksum of the length" in found
    assert f"{FIRST}, offset {rows[3, 1]}, clip 1: checksum is" in found
    assert len(found.splitlines()) == 2


def cut_at_a_boundary(folder):
    offset = int(rows_of(folder, FIRST)[2, 1])
    path = folder / FIRST
    path.write_bytes(path.read_bytes()[:offset])
    return f"{FIRST}: 2 records, the index has 6; missing from offset {offset}"


def cut_inside_a_record(folder):
    path = folder / FIRST
    path.write_bytes(path.read_bytes()[:-1])
    return f"{FIRST}, offset {rows_of(folder, FIRST)[5, 1]}, clip 2: the file"


def add_a_byte(folder):
    path = folder / FIRST
    path.write_bytes(path.read_bytes() + b"\0")
    return f"{FIRST}, offset {path.stat().st_size - 1}: the file ends inside"


def empty(folder):
    (folder / FIRST).write_bytes(b"")
    return f"{FIRST}: the file is empty"


def missing(folder):
    (folder / FIRST).unlink()
    return f"{FIRST}: the file is missing"


def a_folder_in_its_place(folder):
    (folder / FIRST).unlink()
    (folder / FIRST).mkdir()
    return f"{FIRST}: cannot be read: Is a directory"


def doubled(folder):
    for name in (FIRST, shard_index.path_of(FIRST).name):
        shutil.copy(folder / name, folder / name.replace("00000-", "00001-"))
    return f"{SECOND}: holds the bytes of {FIRST}"


def swapped(folder):
    one, other = folder / FIRST, folder / SECOND
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    return f"{FIRST}: holds the bytes of {SECOND}"


def swapped_with_another_split(folder):
    name = "validation-00000-of-00002.tfrecord"
    content = (folder / FIRST).read_bytes()
    (folder / FIRST).write_bytes((folder / name).read_bytes())
    (folder / name).write_bytes(content)
    return f"{name}: holds the bytes of {FIRST}"


def foreign(folder):
    other = written_shards.write(folder.parent / "other", name="other")
    for name in (FIRST, shard_index.path_of(FIRST).name):
        shutil.copy(other / name, folder / name)
    return f"{FIRST}: a shard of another data set"


def foreign_with_other_contents(folder):
    other = written_shards.write(folder.parent / "other", extras=())
    for name in (FIRST, shard_index.path_of(FIRST).name):
        shutil.copy(other / name, folder / name)
    return f"{FIRST}, offset 0, clip 0: WAVEFORM/feature/sample_rate has 0"


def unknown_shard(folder):
    shutil.copy(folder / FIRST, folder / "train-00007-of-00009.tfrecord")
    return "train-00007-of-00009.tfrecord: is not in the manifest"


def index_missing(folder):
    shard_index.path_of(folder / FIRST).unlink()
    return f"{FIRST}: train-00000-of-00002.index is missing"


def index_cut(folder):
    path = shard_index.path_of(folder / FIRST)
    path.write_bytes(path.read_bytes()[:-64])
    return f"{FIRST}: train-00000-of-00002.index is damaged"


def index_empty(folder):
    shard_index.path_of(folder / FIRST).write_bytes(b"")
    return f"{FIRST}: train-00000-of-00002.index is not a shard index"


def index_of_another_shard(folder):
    name = shard_index.path_of(SECOND)
    shutil.copy(folder / name, shard_index.path_of(folder / FIRST))
    return f"{FIRST}: train-00000-of-00002.index holds the index of {SECOND}"


def index_of_another_version(folder):
    path = shard_index.path_of(folder / FIRST)
    shard_index.write(path, rows_of(folder, FIRST), schema.VERSION + 1)
    return f"{FIRST}: train-00000-of-00002.index has schema version 3"


def index_with_other_rows(folder):
    rows = rows_of(folder, FIRST).copy()
    rows[1, 6] += 1
    path = shard_index.path_of(folder / FIRST)
    shard_index.write(path, rows, schema.VERSION)
    return f"{FIRST}, offset {rows[1, 1]}, clip 0: frames or times are not"


@pytest.mark.parametrize(
    "damage",
    [
        cut_at_a_boundary, cut_inside_a_record, add_a_byte, empty, missing,
        a_folder_in_its_place, doubled, swapped, swapped_with_another_split,
        foreign, foreign_with_other_contents, unknown_shard, index_missing,
        index_cut, index_empty, index_of_another_shard,
        index_of_another_version, index_with_other_rows,
    ],
)  # fmt: skip
def test_damage_is_named(folder, damage):
    wanted = damage(folder)
    assert wanted in problems(folder)


def test_lost_rows_of_an_index_are_found_in_what_it_says(folder):
    path = shard_index.path_of(folder / FIRST)
    rows = np.delete(rows_of(folder, FIRST), 2, axis=0)
    shard_index.write(path, rows, schema.VERSION)
    assert "clip 1: a chunk before it is missing" in problems(folder)


def test_a_wholly_wrong_shard_gives_few_lines(tmp_path):
    def spoil(record):
        record["times"] = [0] * len(record["frames"])

    written_shards.write(tmp_path, {"train": 40}, change=spoil)
    found = problems(tmp_path).splitlines()
    assert f"{FIRST}: 20 further problems" in found
    assert len(found) == 42


def test_counts_of_labels_are_compared(folder):
    made = manifest.read(folder)
    other = made.label_counts | {"train": (4, 2)}
    manifest.write(folder, dataclasses.replace(made, label_counts=other))
    assert "train: clips of each label are [3, 3]" in problems(folder)


@pytest.mark.parametrize(
    "extra, name, value, fault",
    [
        ("waveform", "waveform", [0.5] * 1279, "1279 samples, wanted 1280"),
        ("waveform", "waveform", [1.5] * 1280, "not in [-1, 1]"),
        ("waveform", "waveform", [float("nan")] * 1280, "not in [-1, 1]"),
        ("waveform", "sample_rate", 0.0, "sample rate is 0"),
        ("voice", "voice_starts", [], "0 voice spans begin, 1 end"),
        ("voice", "voice_starts", [160_000], "do not increase"),
        ("voice", "voice_ends", [160_001], "leaves the chunk"),
        ("words", "word_times", [1], "2 words have 1 times"),
        ("words", "word_times", [5, 4], "not in order"),
        ("words", "word_lengths", [5, -4], "not in order"),
        ("words", "word_times", [0, 160_000], "begins after the chunk's end"),
    ],
)
def test_audio_and_words_must_fit_the_chunk(
    tmp_path, extra, name, value, fault
):
    def spoil(record):
        if record["start_time"] == 0:
            record[name] = value

    written_shards.write(
        tmp_path, {"train": 1}, shards=1, extras=(extra,), change=spoil
    )
    found = problems(tmp_path)
    assert "train-00000-of-00001.tfrecord, offset 0, clip 0: " in found
    assert fault in found


def test_samples_of_chunks_add_up_to_those_of_the_clip():
    edges = [0, 33_367, 66_733, 100_100, 133_467]
    parts = [
        track_check.samples_between(*span, 44_100)
        for span in zip(edges, edges[1:], strict=False)
    ]
    assert sum(parts) == track_check.samples_between(0, 133_467, 44_100)


def test_two_processes_find_what_one_finds(folder, monkeypatch):
    swapped(folder)
    monkeypatch.setattr(scan_pool, "_SMALL", 0)
    done = []
    one = shard_check.examine(folder, 1, 2)
    two = shard_check.examine(folder, 2, 2, done.append)
    assert two.problems == one.problems
    assert two.counted.samples == one.counted.samples
    assert done[-1] == sum(p.stat().st_size for p in folder.glob("*.tfrecord"))


def test_a_folder_without_a_manifest_is_refused(tmp_path):
    with pytest.raises(errors.UserError, match="build_shards"):
        shard_check.check(tmp_path)


def test_the_command_ends_with_one_where_there_is_damage(folder, capsys):
    arguments = [f"--shards={folder}"]
    resolved = flags.parse(check_shards.COMMAND, arguments)
    assert check_shards.run(resolved) == 0
    assert "no damage" in capsys.readouterr().out
    flip(folder / FIRST, 100)
    assert check_shards.run(resolved) == 1
    assert f"{FIRST}, offset 0, clip 0" in capsys.readouterr().out

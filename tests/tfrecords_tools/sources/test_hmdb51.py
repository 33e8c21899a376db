import pytest

from tfrecords_tools import annotation_checks, annotations
from tfrecords_tools.base import errors
from tfrecords_tools.source_parsing import video_root
from tfrecords_tools.sources import hmdb51

LISTS = "testTrainMulti_7030_splits"
FILM = "American_History_X"


def name(source, action, number):
    return f"{source}_{action}_u_nm_np1_fr_goo_{number}.avi"


SMOKE = {
    name("How_to_smoke", "smoke", 0): 2,
    name("How_to_smoke", "smoke", 1): 2,
    name(FILM, "smoke", 26): 1,
    name(FILM, "smoke", 45): 0,
    name("smoking_smoking_-_tricks!", "smoke", 0): 1,
}
WAVE = {name(FILM, "wave", 16): 2, name("winKen", "wave", 0): 1}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "smoke", SMOKE)
    write(tmp_path, "wave", WAVE)
    return tmp_path


def write(folder, action, numbers, split=1):
    lists = folder / LISTS
    lists.mkdir(exist_ok=True)
    # The official lines end in a space.
    lines = [f"{video} {number} \n" for video, number in numbers.items()]
    (lists / f"{action}_test_split{split}.txt").write_text("".join(lines))
    (folder / action).mkdir(exist_ok=True)
    for video in numbers:
        (folder / action / video).touch()


def listed(folder, **config):
    return hmdb51.list_clips(hmdb51.Config(**config), str(folder))


def fault(folder):
    with pytest.raises(errors.UserError) as caught:
        listed(folder)
    return str(caught.value)


def test_the_lists_give_split_label_and_group(folder):
    clips = listed(folder)
    assert clips[2] == annotations.Clip(
        f"smoke/{name(FILM, 'smoke', 26)}", "smoke", "train", f"smoke/{FILM}"
    )
    assert annotation_checks.check(clips, folder)


def test_unused_videos_are_left_out(folder):
    paths = [clip.path for clip in listed(folder)]
    assert len(paths) == 6 and not any("_45.avi" in path for path in paths)


def test_an_unused_video_may_be_missing(folder):
    (folder / "smoke" / name(FILM, "smoke", 45)).unlink()
    assert len(listed(folder)) == 6


def test_a_film_may_train_one_action_and_test_another(folder):
    sides = {c.group: c.split for c in listed(folder) if FILM in c.group}
    assert sides == {f"smoke/{FILM}": "train", f"wave/{FILM}": "test"}


def test_the_source_stands_before_the_last_action_in_the_name(folder):
    groups = [clip.group for clip in listed(folder)]
    assert "smoke/How_to_smoke" in groups
    assert "smoke/smoking_smoking_-_tricks!" in groups


def test_a_list_that_parts_a_source_is_obeyed(folder):
    both = {name(FILM, "wave", 1): 1, name(FILM, "wave", 2): 2}
    write(folder, "wave", both)
    wave = [
        c for c in annotation_checks.check(listed(folder)) if c.label == "wave"
    ]
    assert [clip.split for clip in wave] == ["train", "test"]
    assert wave[0].group != wave[1].group


def test_validation_takes_whole_sources_whatever_the_action(folder):
    for number in range(20):
        film = f"film{number}"
        pair = [{name(film, action, 0): 1} for action in ("smoke", "wave")]
        SMOKE_AND_MORE = {**read(folder, "smoke"), **pair[0]}
        write(folder, "smoke", SMOKE_AND_MORE)
        write(folder, "wave", {**read(folder, "wave"), **pair[1]})
    clips = listed(folder, validation_fraction=0.5)
    splits = {}
    for clip in clips:
        if "film" in clip.group:
            source = clip.group.partition("/")[2]
            splits.setdefault(source, set()).add(clip.split)
    assert all(len(each) == 1 for each in splits.values())
    assert set.union(*splits.values()) == {"train", "validation"}


def read(folder, action):
    text = (folder / LISTS / f"{action}_test_split1.txt").read_text()
    return {line.split()[0]: line.split()[1] for line in text.splitlines()}


def test_the_number_chooses_the_lists(folder):
    write(folder, "smoke", {name("other", "smoke", 0): 1}, split=2)
    write(folder, "wave", {name("other", "wave", 0): 2}, split=2)
    clips = listed(folder, split_number=2)
    assert [clip.split for clip in clips] == ["train", "test"]


def test_every_faulty_line_is_told(folder):
    gone = name("gone", "wave", 0)
    path = folder / LISTS / "wave_test_split1.txt"
    path.write_text(f"{gone} 1\nx.avi\nx.avi 3\n../x.avi 1\n")
    told = fault(folder).splitlines()
    places = [line.partition(": ")[0] for line in told]
    assert places == [f"wave_test_split1.txt:{n}" for n in (1, 2, 3, 4)]
    assert "no video" in told[0] and gone in told[0]


def test_an_action_without_its_list_is_told(folder):
    (folder / "walk").mkdir()
    (folder / "walk" / name("a", "walk", 0)).touch()
    assert "walk_test_split1.txt: No such file" in fault(folder)


def test_missing_lists_are_told(tmp_path):
    assert "_test_split1.txt" in fault(tmp_path)


def test_hidden_lists_and_folders_are_passed_over(folder):
    expected = listed(folder)
    (folder / LISTS / "._wave_test_split1.txt").write_bytes(b"\x00\x05")
    (folder / ".Trash").mkdir()
    (folder / ".Trash" / name("winKen", "run", 0)).touch()
    (folder / "notes").mkdir()
    (folder / "notes" / f"._{name('winKen', 'run', 0)}").touch()
    assert listed(folder) == expected


def test_lists_and_folders_of_another_form_find_each_other(tmp_path):
    nfc, nfd = "\u00c9p\u00e9e", "E\u0301pe\u0301e"
    write(tmp_path, nfc, {name("film", nfc, 0): 1, name("film", nfc, 1): 2})
    (tmp_path / nfc).rename(tmp_path / nfd)
    clips = listed(tmp_path)
    assert {(clip.label, clip.path.split("/")[0]) for clip in clips} == {
        (nfc, nfd)
    }
    assert clips[0].group == f"{nfc}/film/train"


def test_missing_videos_may_be_skipped(folder):
    (folder / "wave" / name(FILM, "wave", 16)).unlink()
    skip = video_root.Config(missing="skip")
    clips = annotation_checks.check(listed(folder), folder, skip)
    assert [bool(clip.absent) for clip in clips].count(True) == 1
    with pytest.raises(errors.UserError, match="wave_test_split1.txt:1: no"):
        annotation_checks.check(listed(folder), folder)

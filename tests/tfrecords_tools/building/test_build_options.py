"""What a build can be asked for arrives in the records."""

import shutil

import numpy as np
import pytest

from tests.tfrecords_tools.fixtures import small
from tests.tfrecords_tools.fixtures.numbered_videos import numbered, write_video
from tfrecords_tools import build_shards, manifest
from tfrecords_tools.base import errors, flags
from tfrecords_tools.splitting import split_shares

AVTEXT = small.ROOT.parent / "shared/data/avtext_grid"


def command(*arguments):
    """Runs build_shards with 8 frames a chunk."""
    given = [*arguments, "--shards.chunk_frames=8", "--workers=2"]
    build_shards.run(flags.parse(build_shards.COMMAND, given))


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """4 videos of 40 frames, 30 a second, with a second of audio."""
    folder = tmp_path_factory.mktemp("videos")
    for number in range(4):
        images = [numbered(number + place % 20) for place in range(40)]
        write_video(folder / f"{number}.mp4", images, audio_seconds=1)
    return folder


def chunks(folder):
    return [one for many in small.records(folder).values() for one in many]


@pytest.fixture(scope="module")
def with_audio(videos, tmp_path_factory):
    output = tmp_path_factory.mktemp("with_audio")
    command(f"--input={videos}", f"--output={output}", "--audio.rate=8000",
            "--audio.voice", "--media.storage=h264", "--media.key_every=4",
            "--clean=denoise,blur,duplicates")  # fmt: skip
    return output


def test_every_chunk_has_the_samples_of_its_time(with_audio):
    for chunk in chunks(with_audio):
        ends = chunk["start_time"], chunk["end_time"]
        first, last = (round(end * 8000 / 1e6) for end in ends)
        assert len(chunk["waveform"]) == last - first
        assert chunk["sample_rate"] == 8000


def test_every_chunk_of_video_storage_begins_with_a_key_frame(with_audio):
    for chunk in chunks(with_audio):
        assert chunk["format"] == b"h264"
        sizes = [len(packet) for packet in chunk["frames"]]
        assert sizes[0] > max(sizes[1:4])


def test_the_manifest_says_what_is_in_the_records(with_audio):
    made = manifest.read(with_audio)
    assert made.extras == ("waveform", "voice")
    assert (made.storage, made.key_every) == ("h264", 4)
    assert set(made.settings["clean"]) == {"denoise", "blur", "duplicates"}


def test_the_manifest_keeps_the_name_of_the_section_of_audio(with_audio):
    assert manifest.read(with_audio).settings["sound"]["rate"] == 8000


def test_every_step_has_its_column(with_audio):
    head = (with_audio / "report.csv").read_text().splitlines()[0]
    assert head.endswith("seconds,denoise,blur,duplicates")


def test_the_check_accepts_audio_and_packets(with_audio):
    assert small.check(with_audio) == 0


def test_windows_become_clips_of_their_video(videos, tmp_path):
    command(f"--input={videos}", f"--output={tmp_path}", "--cut=windows",
            "--windows.seconds=0.5")  # fmt: skip
    found = small.records(tmp_path)
    assert len(found) == 4 * 3
    splits = {}
    for (split, _), (first, *_) in found.items():
        splits.setdefault(first["path"], set()).add(split)
    assert all(len(each) == 1 for each in splits.values())


def test_words_stand_once_in_the_chunk_where_they_begin(videos, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    subtitles = ["1", "00:00:00,100 --> 00:00:00,900", "one", "", "2"]
    subtitles += ["00:00:00,300 --> 00:00:01,000", "two", ""]
    for name in range(4):
        (inside / f"{name}.srt").write_text("\n".join(subtitles))
        (inside / f"{name}.mp4").write_bytes(
            (videos / f"{name}.mp4").read_bytes()
        )
    output = tmp_path / "out"
    command("--source=transcripts", f"--input={inside}",
            f"--output={output}", "--words.size=9")  # fmt: skip
    for records in small.records(output).values():
        found = [
            (text.decode(), time, place)
            for place, record in enumerate(records)
            for text, time in zip(
                record["words"], record["word_times"], strict=True
            )
        ]
        assert found == [("one", 100_000, 0), ("two", 300_000, 1)]
    assert manifest.read(output).vocabulary == ("one", "two")


def test_copies_share_a_split_and_say_so(videos, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    for name in ("a", "b", "c", "d", "e", "f"):
        (inside / f"{name}.mp4").write_bytes((videos / "0.mp4").read_bytes())
    output = tmp_path / "out"
    _, rows = small.build(inside, output, cleaning=("duplicates",))
    assert len({row["split"] for row in rows}) == 1
    assert rows[0]["duplicates"] == "same as b.mp4 and 4 more"


def test_a_rebuild_with_more_data_leaves_every_video_in_its_split(
    videos, tmp_path
):
    inside, output = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    (inside / "m.mp4").write_bytes((videos / "0.mp4").read_bytes())
    _, before = small.build(inside, output, cleaning=("duplicates",))
    for name in "abcdefgh":
        (inside / f"{name}.mp4").write_bytes((videos / "0.mp4").read_bytes())
    _, after = small.build(inside, output, cleaning=("duplicates",))
    assert {row["split"] for row in after} == {before[0]["split"]}


def test_a_rebuild_with_other_labels_and_shares_moves_no_video(
    videos, tmp_path
):
    inside, output = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    one = (videos / "0.mp4").read_bytes()
    settings = {"source": "csv_file", "video_root": str(inside)}
    rows = []

    def build(label, count, **more):
        for number in range(count):
            (inside / f"{label}{number}.mp4").write_bytes(one)
            rows.append(f"{label}{number}.mp4,{label},,,")
        path = small.table(inside, *rows)
        made = small.build(path, output, **settings, **more)[1]
        return {row["path"]: row["split"] for row in made}

    before = build("run", 6)
    assert set(before.values()) == {"train", "validation", "test"}
    shares = split_shares.Config("1:1:1")
    assert before.items() <= build("walk", 6, splits=shares).items()


def test_a_report_that_is_gone_draws_nothing_anew(built, tmp_path):
    output = shutil.copytree(built[0], tmp_path / "out")
    (output / "report.csv").unlink()
    source = manifest.read(output).settings["source"]["input"]
    with pytest.raises(errors.UserError, match="restore it"):
        small.build(source, output)


def test_a_chunk_that_would_cut_between_key_frames_is_refused(videos, tmp_path):
    with pytest.raises(errors.UserError, match="multiple of --media.key_every"):
        command(f"--input={videos}", f"--output={tmp_path / 'out'}",
                "--media.storage=h265", "--media.key_every=3")  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_several_texts_of_a_clip_are_stored_and_checked(videos, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text(
        "path,split,captions,question,answer\n"
        '0.mp4,train,"[""A dog"", {""text"": ""it runs"", ""start_seconds"": '
        '0.5, ""end_seconds"": 1}]",who?,the dog\n'
        "1.mp4,train,,,\n"
    )
    output = tmp_path / "out"
    command("--source=csv_file", f"--input={table}", f"--output={output}",
            f"--video_root={videos}", "--words.size=9",
            "--words.minimum_count=1")  # fmt: skip
    made = manifest.read(output)
    assert made.extras == ("captions", "questions")
    assert {"dog", "runs", "who?"} <= set(made.vocabulary)
    first, other = (
        next(r for r in chunks(output) if r["path"] == path)
        for path in (b"0.mp4", b"1.mp4")
    )
    assert first["caption"] == b"A dog"
    assert first["captions"] == [b"A dog", b"it runs"]
    assert first["caption_starts"] == [-1, 500_000]
    assert (first["questions"], first["answers"]) == ([b"who?"], [b"the dog"])
    assert other["captions"] == other["questions"] == []
    assert small.check(output) == 0


@pytest.mark.skipif(not AVTEXT.is_dir(), reason="no real videos here")
def test_real_speech_has_its_words_in_step(tmp_path):
    command("--source=transcripts", f"--input={AVTEXT}",
            f"--output={tmp_path}", "--audio.rate=16000")  # fmt: skip
    spoken, silent = [], []
    for records in small.records(tmp_path).values():
        samples = np.concatenate([r["waveform"] for r in records])
        inside = np.zeros(len(samples), bool)
        for record in records:
            for time, length in zip(
                record["word_times"], record["word_lengths"], strict=True
            ):
                first = round(time * 16e-3)
                inside[first : first + round(length * 16e-3)] = True
        spoken.append(np.square(samples[inside]).mean())
        silent.append(np.square(samples[~inside]).mean())
    assert np.mean(spoken) > 5 * np.mean(silent)
    assert manifest.read(tmp_path).extras == ("waveform", "words")

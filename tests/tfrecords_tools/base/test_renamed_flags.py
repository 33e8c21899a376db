"""Old names of flags: read from flag files, refused on the command line."""

import dataclasses

import pytest

from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """One number."""

    rate: float = settings.setting(1.0, "A number.")


@dataclasses.dataclass(frozen=True)
class Audio:
    """A section that had another name."""

    seconds: float = settings.setting(1.0, "A number.")
    layers: int = settings.setting(1, "A whole number.")
    voice: bool = settings.setting(True, "A switch.")


RENAMED = flags.Command(
    summary="Nothing.",
    settings=Config,
    sections={"audio": Audio},
    renamed={
        "speed": "rate",
        "sound.": "audio.",
        "sound.depth": "audio.layers",
    },
)


@pytest.mark.parametrize("given", [["--speed=3"], ["-speed", "3"]])
def test_an_old_name_of_a_flag_answers_with_the_new_one(given):
    with pytest.raises(errors.UserError, match="--speed is now --rate"):
        flags.parse(RENAMED, given)


@pytest.mark.parametrize(
    "given, answer",
    [
        (
            ["--sound.seconds=2"],
            "--sound.seconds is now --audio.seconds: write --audio.seconds=2",
        ),
        (
            ["--sound.seconds", "2"],
            "--sound.seconds is now --audio.seconds: "
            "write --audio.seconds=VALUE",
        ),
        (
            ["--nosound.voice"],
            "--nosound.voice is now --noaudio.voice: write --noaudio.voice",
        ),
    ],
)
def test_an_old_section_answers_with_the_new_one(given, answer):
    with pytest.raises(errors.UserError) as caught:
        flags.parse(RENAMED, given)
    assert str(caught.value) == answer


@pytest.mark.parametrize("lines", ["--speed=3", "--speed\n3"])
def test_an_old_name_in_a_flag_file_is_understood(tmp_path, lines):
    (tmp_path / "own").write_text(lines)
    found = flags.parse(RENAMED, [f"--flagfile={tmp_path}/own"])
    assert found.settings.rate == 3


@pytest.mark.parametrize(
    "lines, name, value",
    [
        ("--sound.seconds=2", "seconds", 2.0),
        ("--sound.seconds\n2", "seconds", 2.0),
        ("--sound.depth=4", "layers", 4),
        ("--sound.voice=False", "voice", False),
        ("--nosound.voice", "voice", False),
        ("--sound.voice=False\n--sound.voice", "voice", True),
    ],
)
def test_an_old_section_in_a_flag_file_is_understood(
    tmp_path, lines, name, value
):
    (tmp_path / "own").write_text(lines)
    found = flags.parse(RENAMED, [f"--flagfile={tmp_path}/own"])
    assert getattr(found.sections["audio"], name) == value


def test_a_faulty_value_of_an_old_name_is_named_by_its_line(tmp_path):
    (tmp_path / "own").write_text("--speed=x\n")
    with pytest.raises(errors.UserError, match="own:1: --rate=x: wanted a num"):
        flags.parse(RENAMED, [f"--flagfile={tmp_path}/own"])


def test_an_unknown_flag_of_an_old_section_is_named_by_its_line(tmp_path):
    (tmp_path / "own").write_text("--sound.secnods=2\n")
    with pytest.raises(errors.UserError, match="own:1: unknown flag --audio.s"):
        flags.parse(RENAMED, [f"--flagfile={tmp_path}/own"])

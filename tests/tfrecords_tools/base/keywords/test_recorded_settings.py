"""Settings read from the flag file of a run."""

import dataclasses

import pytest

from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.keywords import recorded_settings


@dataclasses.dataclass(frozen=True)
class Config:
    width: int = settings.setting(8, "Width.")
    widths: tuple[int, ...] = settings.setting((1,), "Widths.")
    names: tuple[str, ...] = settings.setting((), "Names.")
    share: float = settings.setting(0.5, "Share.")
    causal: bool = settings.setting(False, "Causal.")
    kind: str | None = settings.setting(None, "Kind.")


@pytest.fixture
def read(tmp_path):
    def read(text, section="backbone"):
        (tmp_path / "flags.flagfile").write_text(text)
        flags = recorded_settings.flags_in(tmp_path / "flags.flagfile", {})
        return recorded_settings.config_of(Config, section, flags)

    return read


def test_a_line_is_a_flag_and_its_value(tmp_path):
    path = tmp_path / "flags.flagfile"
    path.write_text("# Trains.\n--backbone=vit\n--backbone.width=8\n")
    assert recorded_settings.flags_in(path, {}) == {
        "backbone": "vit",
        "backbone.width": "8",
    }


def test_an_old_name_is_read_as_the_new_one(tmp_path):
    path = tmp_path / "flags.flagfile"
    path.write_text("--backbone.channels=8\n--sound.rate=16000\n")
    renamed = {"backbone.channels": "backbone.widths", "sound.": "audio."}
    assert recorded_settings.flags_in(path, renamed) == {
        "backbone.widths": "8",
        "audio.rate": "16000",
    }


@pytest.mark.parametrize(
    "line, name, value",
    [
        ("width=3", "width", 3),
        ("widths=2,4", "widths", (2, 4)),
        ("names=", "names", ()),
        ("names=a,b", "names", ("a", "b")),
        ("share=0.25", "share", 0.25),
        ("causal=True", "causal", True),
        ("causal=False", "causal", False),
        ("kind=a=b", "kind", "a=b"),
    ],
)
def test_a_recorded_value_has_its_type(read, line, name, value):
    assert getattr(read(f"--backbone.{line}\n"), name) == value


def test_what_is_not_recorded_has_its_default(read):
    assert read("--backbone=vit\n") == Config()


def test_other_sections_are_passed_over(read):
    assert read("--head.width=3\n--backbones.width=4\n") == Config()


def test_a_name_that_this_version_does_not_know_is_refused(read):
    wanted = "recorded --backbone.widht is unknown to this version; did you"
    with pytest.raises(errors.UserError, match=wanted):
        read("--backbone.widht=3\n")


@pytest.mark.parametrize("line", ["width=a", "causal=maybe", "widths=1,b"])
def test_a_value_that_this_version_does_not_know_is_refused(read, line):
    with pytest.raises(errors.UserError, match="wants another value"):
        read(f"--backbone.{line}\n")

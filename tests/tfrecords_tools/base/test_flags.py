import dataclasses
import os
import re
import subprocess
import sys

import pytest

from tfrecords_tools.base import errors, flags, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """One number."""

    rate: float = settings.setting(1.0, "A number.")


COMMAND = flags.Command(summary="Nothing.", settings=Config)


def fault(*arguments):
    with pytest.raises(errors.UserError) as caught:
        flags.parse(COMMAND, list(arguments))
    return str(caught.value)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_number_must_be_finite(text):
    assert "wanted a finite number" in fault(f"--rate={text}")


def test_a_flag_file_without_a_name_is_told():
    assert "flagfile" in fault("--flagfile")


def test_a_flag_file_that_is_no_text_is_named(tmp_path):
    path = tmp_path / "a.flagfile"
    path.write_bytes(b"--rate=\xff\n")
    told = fault(f"--flagfile={path}")
    assert str(path) in told and "not UTF-8" in told


def test_a_reader_that_stops_early_ends_the_command_quietly():
    here, there = os.pipe()
    os.close(here)
    command = [sys.executable, "-m", "tfrecords_tools.build_shards", "--help"]
    result = subprocess.run(command, stdout=there, stderr=subprocess.PIPE)
    os.close(there)
    assert (result.returncode, result.stderr) == (141, b"")


@dataclasses.dataclass(frozen=True)
class Parts:
    """A choice that follows another."""

    cut: str = settings.setting("windows", "How to cut.")
    engine: str | None = settings.setting(None, "What runs it.")


PARTS = flags.Command(
    summary="Nothing.",
    settings=Parts,
    choices={
        "cut": "tfrecords_tools.cutting",
        "engine": "tfrecords_tools.engines",
    },
    not_given={
        "engine": lambda chosen: (
            "beam" if chosen["cut"].__name__.endswith("shots") else "local"
        )
    },
)


@pytest.mark.parametrize(
    "arguments, engine",
    [([], "local"), (["--cut=shots"], "beam")],
)
def test_a_choice_that_is_not_given_follows_those_before(arguments, engine):
    resolved = flags.parse(PARTS, arguments)
    assert resolved.one("engine").name == engine
    assert resolved.settings.engine == engine


def test_a_choice_that_is_given_stays():
    resolved = flags.parse(PARTS, ["--cut=shots", "--engine=local"])
    assert resolved.settings.engine == "local"


@dataclasses.dataclass(frozen=True)
class Several:
    """A choice of several."""

    cut: tuple[str, ...] = settings.setting((), "How to cut.")


def test_a_choice_that_is_named_twice_is_refused():
    command = flags.Command(
        "Nothing.", Several, choices={"cut": PARTS.choices["cut"]}
    )
    with pytest.raises(errors.UserError, match="names shots twice"):
        flags.parse(command, ["--cut=shots,windows,shots"])


@dataclasses.dataclass(frozen=True)
class Limited:
    """How much of something."""

    clips: int = settings.setting(2, "Clips.", minimum=1, maximum=9)


def answer(capsys, command, *arguments):
    with pytest.raises(SystemExit) as ended:
        flags.parse(command, list(arguments))
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_help_has_a_heading_for_each_group_and_choices_come_first(capsys):
    command = dataclasses.replace(PARTS, sections={"demo": Limited})
    lines = answer(capsys, command, "--help").splitlines()
    headings = [line for line in lines if line.endswith(":")]
    assert headings[0] == "Choices:"
    assert "demo (How much of something):" in headings
    assert headings[-1] == "Every command:"


def test_help_says_the_limits_of_a_number(capsys):
    command = dataclasses.replace(COMMAND, sections={"demo": Limited})
    assert "Clips. [1 to 9]" in answer(capsys, command, "--help")


def test_version_is_that_of_the_package(capsys):
    told = answer(capsys, COMMAND, "--version")
    assert re.fullmatch(r"video-models (\d+\.\d+\.\d+|not installed)\n", told)


RECIPES = dataclasses.replace(COMMAND, recipes="launch.recipes")
RATES = flags.Command(
    summary="Nothing.", settings=Config, recipes="recipes_of_a_test"
)


@pytest.fixture
def rate_recipes(tmp_path, monkeypatch):
    folder = tmp_path / "recipes_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "fast.flagfile").write_text("# Goal: fast.\n--rate=7\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_a_recipe_is_read_by_its_name(rate_recipes):
    assert flags.parse(RATES, ["--recipe=fast"]).settings.rate == 7


def test_a_recipe_may_be_named_after_a_blank(rate_recipes):
    assert flags.parse(RATES, ["--recipe", "fast"]).settings.rate == 7


def test_what_comes_after_a_recipe_wins(rate_recipes):
    assert flags.parse(RATES, ["--recipe=fast", "--rate=8"]).settings.rate == 8


def test_a_flag_file_may_name_a_recipe(rate_recipes, tmp_path):
    own = tmp_path / "own.flagfile"
    own.write_text("# mine\n--recipe=fast\n")
    assert flags.parse(RATES, [f"--flagfile={own}"]).settings.rate == 7


def test_a_wrong_line_beside_a_recipe_is_named(rate_recipes, tmp_path):
    own = tmp_path / "own.flagfile"
    own.write_text("--recipe=fast\n--rate=x\n")
    with pytest.raises(errors.UserError, match=r"own.flagfile:2: --rate=x"):
        flags.parse(RATES, [f"--flagfile={own}"])


def test_a_misspelt_recipe_suggests_another_and_lists_all():
    with pytest.raises(errors.UserError) as caught:
        flags.parse(RECIPES, ["--recipe=dmeo"])
    told = str(caught.value)
    assert "did you mean 'demo'" in told and "small_real" in told


def test_a_command_without_recipes_knows_no_such_flag():
    assert "unknown flag --recipe" in fault("--recipe=demo")


def test_a_misspelt_flag_of_a_chosen_file_suggests_another_of_its_flags():
    with pytest.raises(errors.UserError) as caught:
        own = dataclasses.replace(PARTS, own_sections=("cut",))
        flags.parse(own, ["--windows.secnds=2"])
    assert "did you mean '--windows.seconds'" in str(caught.value)


@dataclasses.dataclass(frozen=True)
class Places:
    """Where from, where to, or what is only looked at."""

    source: str = settings.setting("", "From where.")
    target: str = settings.setting("", "Where to.")
    verify: str | None = settings.setting(None, "What is looked at.")


MOVE = flags.Command(
    summary="Moves.",
    settings=Places,
    required=("source", "target"),
    unless="verify",
)


def test_a_required_flag_that_is_not_given_is_named():
    with pytest.raises(errors.UserError, match="--target is not set"):
        flags.complete(MOVE, ["--source=a"])


@pytest.mark.parametrize(
    "given", [["--source=a", "--target=b"], ["--verify=a"]]
)
def test_required_flags_may_be_given_or_lifted(given):
    assert flags.complete(MOVE, given).settings.verify in (None, "a")


@pytest.mark.parametrize(
    "lines, told",
    [
        (
            "--recipe=fast\nrate=3\n",
            "own.flagfile:2: got 'rate=3'",
        ),
        ("--recipe=fast\n\nnonsense\n", "own.flagfile:3: got 'nonsense'"),
        ("--recipe=fsat\n", "own.flagfile:1: no recipe 'fsat'"),
        ("--recipe\n", "own.flagfile:1: --recipe has no value"),
        ("--flagfile=own.flagfile\n", "own.flagfile includes itself"),
        ("--recipe=fast\n--flagfile=own.flagfile\n", "includes itself"),
        ("--flagfile=gone\n", "own.flagfile:1: cannot read flag file gone"),
    ],
)
def test_a_faulty_line_of_a_flag_file_is_named(
    rate_recipes, tmp_path, monkeypatch, lines, told
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.flagfile").write_text(lines)
    with pytest.raises(errors.UserError) as caught:
        flags.parse(RATES, ["--flagfile=own.flagfile"])
    assert told in str(caught.value)


def test_a_recipe_may_stand_in_a_flag_file_of_a_flag_file(
    rate_recipes, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outer").write_text("--flagfile=inner\n")
    (tmp_path / "inner").write_text("--recipe=fast\n")
    assert flags.parse(RATES, ["--flagfile", "outer"]).settings.rate == 7


def test_a_value_may_stand_in_a_line_of_its_own(tmp_path):
    (tmp_path / "own").write_text("// mine\n--rate\n3\n")
    assert (
        flags.parse(COMMAND, [f"--flagfile={tmp_path}/own"]).settings.rate == 3
    )


def test_a_flag_file_is_found_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "own").write_text("--rate=x\n")
    with pytest.raises(errors.UserError, match="~/own:1: --rate=x: wanted"):
        flags.parse(COMMAND, ["--flagfile=~/own"])

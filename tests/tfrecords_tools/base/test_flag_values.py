import dataclasses

import pytest

from tfrecords_tools.base import errors, flag_files, flag_values, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Of every kind."""

    count: int = settings.setting(3, "How many.", minimum=1)
    rate: float | None = settings.setting(None, "How fast.")
    is_on: bool = settings.setting(False, "Whether.")
    sizes: tuple[int, ...] = settings.setting((2, 4), "Sizes.")


def values():
    made = flag_values.new()
    flag_values.bind(made, "x", Config)
    return made


def read(*given, known_only=False):
    made = values()
    arguments = flag_files.expanded(list(given), None)
    rest = flag_values.read(made, arguments, known_only, lambda name: "?")
    return flag_values.collect(made, "x", Config), rest


def test_flags_become_settings_and_others_are_left():
    config, rest = read("--x.count=5", "file", "--x.is_on", "--x.sizes=1,2,3")
    assert config == Config(count=5, is_on=True, sizes=(1, 2, 3))
    assert rest == ["file"]


def test_nothing_given_gives_the_defaults():
    assert read() == (Config(), [])


@pytest.mark.parametrize(
    "given, message",
    [
        ("--x.count=many", "--x.count=many: wanted a whole number"),
        ("--x.rate=fast", "--x.rate=fast: wanted a number"),
        ("--x.is_on=maybe", "--x.is_on=maybe: wanted true or false"),
        (
            "--x.sizes=1,b",
            "--x.sizes=1,b: wanted comma-separated values of type int",
        ),
        ("--x.count=0", "--x.count=0: wanted at least 1"),
        ("--y=1", r"unknown flag --y\?; --help lists the names"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_flag(given, message):
    with pytest.raises(errors.UserError, match=message):
        read(given)


def test_unknown_flags_are_passed_over_where_that_is_asked():
    config, _ = read("--y=1", "--x.count=4", known_only=True)
    assert config.count == 4


def test_lines_of_a_flag_file_give_the_settings_back():
    config = Config(count=5, is_on=True, sizes=(1, 2))
    lines = flag_values.lines("x", config)
    assert "--x.sizes=1,2" in lines
    assert not [line for line in lines if line.startswith("--x.rate")]
    assert read(*lines)[0] == config


def test_only_the_asked_settings_are_bound():
    made = flag_values.new()
    flag_values.bind(made, "", Config, only=("count",))
    assert "count" in made and "rate" not in made

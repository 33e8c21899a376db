import dataclasses
import math

import pytest

from tfrecords_tools.base import errors, settings


@dataclasses.dataclass(frozen=True)
class Config:
    """Of every kind."""

    count: int = settings.setting(3, "How many.", minimum=1, maximum=9)
    rate: float | None = settings.setting(None, "How fast.", minimum=0)
    kind: str = settings.setting("a", "Which.", choices=("a", "b"))
    sizes: tuple[int, ...] = settings.setting((2, 4), "Sizes.", minimum=1)
    path: str = settings.setting("", "A file.", any_name=True)


@pytest.mark.parametrize(
    "changed", [{}, {"count": 9}, {"rate": 0.0}, {"path": "a\nb"}]
)
def test_values_within_their_limits_are_accepted(changed):
    settings.check(Config(**changed))


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"count": 0}, "--x.count=0: wanted at least 1"),
        ({"count": 10}, "--x.count=10: wanted at most 9"),
        ({"rate": math.nan}, "--x.rate=nan: wanted a finite number"),
        ({"kind": "c"}, "--x.kind=c: wanted one of a, b"),
        ({"sizes": (2, 0)}, "--x.sizes=0: wanted at least 1"),
        ({"kind": "a\nb"}, "--x.kind=.* holds a line break"),
        ({"kind": "\udcff"}, "--x.kind=.* is not UTF-8"),
    ],
)
def test_values_outside_are_refused_by_the_name_of_the_flag(changed, message):
    with pytest.raises(errors.UserError, match=message):
        settings.check(Config(**changed), "x")


def test_flags_of_the_command_have_no_section():
    with pytest.raises(errors.UserError, match="^--count=0: "):
        settings.check(Config(count=0))


def test_types_are_those_that_a_value_has():
    assert settings.types(Config) == {
        "count": int,
        "rate": float,
        "kind": str,
        "sizes": tuple[int, ...],
        "path": str,
    }


def test_plain_values_become_the_settings_again():
    config = Config(sizes=(1, 2, 3), rate=2.5)
    plain = settings.to_dict(config)
    assert plain["sizes"] == [1, 2, 3]
    assert settings.from_dict(Config, plain) == config


def test_a_recorded_setting_that_is_unknown_is_refused():
    with pytest.raises(errors.UserError, match="recorded setting 'size' is un"):
        settings.from_dict(Config, {"size": 3})

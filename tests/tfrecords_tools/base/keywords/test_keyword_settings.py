"""Settings as Python keywords, and errors in the words of their caller."""

import dataclasses
import pathlib

import pytest

from tfrecords_tools.base import errors, settings
from tfrecords_tools.base.keywords import keyword_settings


@dataclasses.dataclass(frozen=True)
class Network:
    width: int = settings.setting(8, "Width.", minimum=1)
    widths: tuple[int, ...] = settings.setting((1,), "Widths.")
    share: float = settings.setting(0.5, "Share.", maximum=1.0)
    causal: bool = settings.setting(False, "Causal.")
    kind: str | None = settings.setting(None, "Kind.", choices=("a", "b"))

    def __post_init__(self):
        if self.width == 7:
            raise errors.UserError("--backbone.width=7 with --head.share")


@dataclasses.dataclass(frozen=True)
class Head:
    share: float = settings.setting(0.1, "Share.")


SECTIONS = (
    keyword_settings.Section("backbone", "", Network),
    keyword_settings.Section("head", "head_", Head),
)


def configs(**given):
    return keyword_settings.configs(SECTIONS, given, ("weights",))


def refused(**given):
    with pytest.raises(errors.UserError) as caught:
        configs(**given)
    return str(caught.value)


def test_nothing_given_is_all_defaults():
    assert configs() == [Network(), Head()]


def test_a_keyword_goes_to_the_section_of_its_prefix():
    assert configs(share=0.2, head_share=0.3) == [
        Network(share=0.2),
        Head(share=0.3),
    ]


def test_a_list_becomes_a_tuple():
    assert configs(widths=[2, 4])[0].widths == (2, 4)


def test_a_whole_number_is_a_number():
    share = configs(share=1)[0].share
    assert share == 1.0 and isinstance(share, float)


def test_a_path_is_a_string():
    assert configs(kind=pathlib.PurePosixPath("a"))[0].kind == "a"


def test_none_is_a_value():
    assert configs(kind=None)[0].kind is None


def test_an_unknown_keyword_is_answered_with_the_nearest():
    assert refused(widht=3) == "no setting 'widht'; did you mean 'width'?"


def test_keywords_of_the_caller_are_suggested_too():
    assert "did you mean 'weights'?" in refused(weight="a")


def test_an_unknown_keyword_that_nothing_is_near_is_answered_with_all():
    assert "there is weights, width, widths, share" in refused(zzz=3)


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({"width": "8"}, "width='8': wanted a whole number"),
        ({"width": True}, "width=True: wanted a whole number"),
        ({"width": 8.0}, "width=8.0: wanted a whole number"),
        ({"share": "a"}, "share='a': wanted a number"),
        ({"causal": 1}, "causal=1: wanted True or False"),
        ({"kind": 3}, "kind=3: wanted a string"),
        ({"widths": 3}, "widths=3: wanted a list of whole numbers"),
        ({"widths": "12"}, "widths='12': wanted a list of whole numbers"),
        ({"head_share": None, "widths": [1, "2"]}, "widths='2'"),
    ],
)
def test_a_value_of_another_type_is_refused(given, wanted):
    assert wanted in refused(**given)


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({"width": 0}, "width=0: wanted at least 1"),
        ({"kind": "c"}, "kind=c: wanted one of a, b"),
    ],
)
def test_limits_of_a_setting_hold(given, wanted):
    assert refused(**given) == wanted


def test_errors_name_keywords_instead_of_flags():
    assert refused(width=7) == "width=7 with head_share"


def test_errors_keep_flags_that_are_no_keywords():
    with pytest.raises(errors.UserError, match="^width or --train.steps$"):
        with keyword_settings.in_keywords(SECTIONS):
            raise errors.UserError("--backbone.width or --train.steps")


def test_further_flags_are_named_by_their_last_word():
    with pytest.raises(errors.UserError, match="^weights=a, backbone=b$"):
        with keyword_settings.in_keywords((), "init.weights", "backbone"):
            raise errors.UserError("--init.weights=a, --backbone=b")

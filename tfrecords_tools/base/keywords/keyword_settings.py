"""Settings as keyword arguments of Python functions, instead of flags.

    classifier("movinet", 8, variant="a0", head_dropout=0.5)

is `--backbone.variant=a0 --head.dropout=0.5` on a command line. Error messages
that name flags are rewritten to name keywords.
"""

import contextlib
import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tfrecords_tools.base import errors, settings


class Section(NamedTuple):
    """A group of settings that a function accepts.

    Attributes:
        flags: the section of their flags, `head` of `--head.dropout`.
        prefix: the prefix of each keyword, `head_` of `head_dropout`.
        config: the dataclass of the settings.
    """

    flags: str
    prefix: str
    config: type

    @property
    def keywords(self) -> dict[str, str]:
        """Maps each keyword to the name of its field."""
        fields = dataclasses.fields(self.config)
        return {f"{self.prefix}{field.name}": field.name for field in fields}


def configs(
    sections: Sequence[Section], given: Mapping[str, Any], others: Sequence[str]
) -> list[Any]:
    """Returns the settings of each section, with defaults.

    Args:
        sections: a keyword belongs to the first one that has it.
        given: keywords and their values.
        others: further keywords of the caller, for suggestions.

    Raises:
        UserError: an unknown keyword, or a value that its setting refuses.
    """
    values: list[dict[str, Any]] = [{} for _ in sections]
    for keyword, value in given.items():
        number = _owner(sections, keyword, others)
        name = sections[number].keywords[keyword]
        kind = settings.types(sections[number].config)[name]
        values[number][name] = _converted(keyword, value, kind)
    with in_keywords(sections):
        made = [s.config(**v) for s, v in zip(sections, values, strict=True)]
        for section, config in zip(sections, made, strict=True):
            settings.check(config, section.flags)
    return made


@contextlib.contextmanager
def in_keywords(sections: Sequence[Section], *flags: str) -> Iterator[None]:
    """Replaces flags by keywords in every UserError.

    Args:
        sections: sections whose flags are keywords of the caller.
        flags: further flags whose keywords have the same name.
    """
    words = {
        f"--{section.flags}.{name}": keyword
        for section in reversed(sections)
        for keyword, name in section.keywords.items()
    }
    words |= {f"--{flag}": flag.rpartition(".")[2] for flag in flags}
    try:
        yield
    except errors.UserError as error:
        text = str(error)
        for flag in sorted(words, key=len, reverse=True):
            text = text.replace(flag, words[flag])
        raise errors.UserError(text) from error


def _owner(
    sections: Sequence[Section], keyword: str, others: Sequence[str]
) -> int:
    """Returns the index of the section that has the keyword."""
    for number, section in enumerate(sections):
        if keyword in section.keywords:
            return number
    known = [*others, *(k for section in sections for k in section.keywords)]
    near = errors.nearest(keyword, known)
    listed = f"; there is {', '.join(dict.fromkeys(known))}"
    raise errors.UserError(f"no setting {keyword!r}{near or listed}")


def _converted(keyword: str, value: Any, kind: Any) -> Any:
    """Converts a value to the type of its setting.

    Raises:
        UserError: the value has another type.
    """
    if value is None:
        return None
    if each := settings.item_type(kind):
        if isinstance(value, str) or not isinstance(value, Sequence):
            _refuse(keyword, value, kind)
        return tuple(_converted(keyword, item, each) for item in value)
    if isinstance(value, os.PathLike) and kind is str:
        return os.fspath(value)
    if kind is float and isinstance(value, int) and value is not True:
        return float(value)
    if not isinstance(value, kind) or (kind is int and value is True):
        _refuse(keyword, value, kind)
    return value


_SINGULAR = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a string",
}
_PLURAL = {int: "whole numbers", float: "numbers", str: "strings"}


def _refuse(keyword: str, value: Any, kind: Any) -> None:
    each = settings.item_type(kind)
    wanted = f"a list of {_PLURAL[each]}" if each else _SINGULAR[kind]
    raise errors.UserError(f"{keyword}={value!r}: wanted {wanted}")

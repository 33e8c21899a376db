"""Settings as absl flags: defines them from dataclasses and reads them back."""

import dataclasses
from collections.abc import Callable
from typing import Any

from absl import flags as absl_flags

from tfrecords_tools.base import errors, flag_files, settings

_KINDS = {"int": "a whole number", "float": "a number", "bool": "true or false"}


def new() -> absl_flags.FlagValues:
    """Returns an empty set of flags."""
    values = absl_flags.FlagValues()
    values.set_gnu_getopt(True)
    return values


def bind(
    values: absl_flags.FlagValues,
    section: str,
    config: type,
    only: tuple[str, ...] | None = None,
) -> None:
    """Defines a flag for each setting.

    Args:
        values: receives the flags.
        section: prefix of the names; empty for flags of the command itself.
        config: a dataclass of settings.
        only: the settings to bind; None: all.
    """
    kinds = settings.types(config)
    for field in dataclasses.fields(config):
        if only is not None and field.name not in only:
            continue
        name = _name(section, field)
        define, default = _definition(kinds[field.name], field.default)
        text = field.metadata.get("help", "")
        define(name, default, text, flag_values=values)


def _definition(kind: Any, default: Any) -> tuple[Callable, Any]:
    if settings.item_type(kind) is not None:
        texts = None if default is None else [str(each) for each in default]
        return absl_flags.DEFINE_list, texts
    define = {
        bool: absl_flags.DEFINE_boolean,
        int: absl_flags.DEFINE_integer,
        float: absl_flags.DEFINE_float,
        str: absl_flags.DEFINE_string,
    }[kind]
    return define, default


def read(
    values: absl_flags.FlagValues,
    arguments: list[flag_files.Argument],
    known_only: bool,
    hint: Callable[[str], str],
) -> list[str]:
    """Sets flags from arguments.

    Args:
        values: all known flags.
        arguments: of `flag_files`.
        known_only: whether unknown flags are ignored.
        hint: returns a hint for the name of an unknown flag.

    Returns:
        The positional arguments.

    Raises:
        UserError: an unknown flag, or a value of another kind.
    """
    try:
        return values(["command", *arguments], known_only=known_only)[1:]
    except absl_flags.UnrecognizedFlagError as error:
        name = error.flagname
        place = flag_files.origin(name, arguments)
        raise errors.UserError(
            f"{place}unknown flag --{name}{hint(name)}; --help lists the names"
        ) from error
    except absl_flags.IllegalFlagValueError as error:
        flag = str(error).removeprefix("flag ").partition(": ")[0]
        name, _, text = flag.lstrip("-").partition("=")
        wanted = _KINDS.get(values[name].flag_type(), "another value")
        place = flag_files.origin(name, arguments, text)
        raise errors.UserError(f"{place}{flag}: wanted {wanted}") from error
    except absl_flags.Error as error:
        raise errors.UserError(str(error)) from error


def collect(values: absl_flags.FlagValues, section: str, config: type) -> Any:
    """Returns the settings of a section with the values of its flags.

    Raises:
        UserError: a value is outside its limits.
    """
    kinds = settings.types(config)
    found = {}
    for field in dataclasses.fields(config):
        name = _name(section, field)
        found[field.name] = _converted(name, values[name].value, kinds)
    filled = config(**found)
    settings.check(filled, section)
    return filled


def _converted(name: str, value: Any, kinds: dict[str, Any]) -> Any:
    each = settings.item_type(kinds[name.rsplit(".", 1)[-1]])
    if each is None or value is None:
        return value
    try:
        return tuple(each(text) for text in value)
    except ValueError as error:
        raise errors.UserError(
            f"--{name}={','.join(value)}: wanted comma-separated "
            f"values of type {each.__name__}"
        ) from error


def lines(section: str, config: Any) -> list[str]:
    """Returns all settings that have a value as lines of a flag file."""
    found = []
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if value is None:
            continue
        name = _name(section, field)
        if isinstance(value, tuple):
            value = ",".join(str(each) for each in value)
        found.append(f"--{name}={value}")
    return found


def _name(section: str, field: dataclasses.Field) -> str:
    return f"{section}.{field.name}" if section else field.name

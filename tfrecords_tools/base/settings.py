"""A setting is a field of a frozen dataclass beside the code that uses it.

Flags, help texts, limits and recorded runs all derive from these fields.
"""

import dataclasses
import math
import typing
from typing import Any

from tfrecords_tools.base import errors
from tfrecords_tools.base.text import printable


def setting(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    any_name: bool = False,
) -> Any:
    """Declares one setting.

    Args:
        default: value if unset; `None` means unset.
        help: effect, unit and limits.
        minimum: smallest value allowed, for numbers.
        maximum: largest value allowed, for numbers.
        choices: the values allowed, for strings.
        any_name: whether file names may be invalid UTF-8 or contain line
            breaks, which neither flag files nor TensorFlow accept.

    Returns:
        A dataclass field.
    """
    metadata = {
        "help": help,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "any_name": any_name,
    }
    return dataclasses.field(default=default, metadata=metadata)


def types(config: type) -> dict[str, Any]:
    """Returns the type of every setting, `X | None` reduced to `X`."""
    hints = typing.get_type_hints(config)
    return {
        field.name: _without_none(hints[field.name])
        for field in dataclasses.fields(config)
    }


def item_type(kind: Any) -> type | None:
    """The type of a tuple's items, of the types that `types` gives.

    Returns:
        None for a type that is no tuple.
    """
    if getattr(kind, "__origin__", kind) is not tuple:
        return None
    return (getattr(kind, "__args__", None) or (str,))[0]


def check(config: Any, section: str = "") -> None:
    """Raises UserError for a value outside its limits."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        name = f"--{section}.{field.name}" if section else f"--{field.name}"
        for each in value if isinstance(value, tuple) else (value,):
            _check_value(name, each, field.metadata)


def to_dict(config: Any) -> dict[str, Any]:
    """Returns the settings as JSON values; tuples become lists."""
    values = dataclasses.asdict(config)
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }


def from_dict(config: type, values: dict[str, Any]) -> Any:
    """Inverse of `to_dict`; raises UserError for an unknown name."""
    known = {field.name for field in dataclasses.fields(config)}
    unknown = sorted(set(values) - known)
    if unknown:
        raise errors.UserError(
            f"recorded setting {unknown[0]!r} is unknown to "
            f"{config.__module__}, which has {sorted(known)}: it was written "
            "by another version; build or train again"
        )
    return config(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
    )


def _without_none(hint: Any) -> Any:
    given = [each for each in typing.get_args(hint) if each is not type(None)]
    is_optional = type(None) in typing.get_args(hint)
    return given[0] if is_optional else hint


def _check_value(name: str, value: Any, limits: Any) -> None:
    if value is None:
        return
    if isinstance(value, str) and not limits.get("any_name"):
        _check_text(name, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise errors.UserError(f"{name}={value}: wanted a finite number")
    if limits.get("choices") and value not in limits["choices"]:
        wanted = ", ".join(limits["choices"])
        raise errors.UserError(f"{name}={value}: wanted one of {wanted}")
    least, most = limits.get("minimum"), limits.get("maximum")
    if least is not None and value < least:
        raise errors.UserError(f"{name}={value}: wanted at least {least}")
    if most is not None and value > most:
        raise errors.UserError(f"{name}={value}: wanted at most {most}")


def _check_text(name: str, value: str) -> None:
    if not printable.is_unicode(value):
        why = "is not UTF-8, which flag files and TensorFlow want"
    elif "\n" in value or "\r" in value:
        why = "holds a line break, which no flag file can record"
    else:
        return
    raise errors.UserError(f"{name}={printable.name(value)} {why}: rename it")

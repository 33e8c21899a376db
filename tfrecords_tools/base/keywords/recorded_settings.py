"""Reads settings from a recorded flag file, without its command's flags."""

import os
import pathlib
from collections.abc import Mapping
from typing import Any

from tfrecords_tools.base import errors, flag_files, settings


def flags_in(
    path: str | os.PathLike, renamed: Mapping[str, str]
) -> dict[str, str]:
    """Maps the flags of a file to values, `backbone.widths` to `16,32`.

    Args:
        path: of the flag file.
        renamed: old name to new name, as `flags.Command.renamed`.

    Raises:
        UserError: the file cannot be read.
    """
    # A relative path may begin with ~, which means another folder to flags.
    file = pathlib.Path(path).absolute()
    lines = flag_files.renamed(
        flag_files.expanded([f"--flagfile={file}"], None), renamed
    )
    rows = [line.lstrip("-").partition("=") for line in lines]
    return {name: value for name, _, value in rows}


def config_of(config: type, section: str, flags: Mapping[str, str]) -> Any:
    """Returns the settings of one section; unrecorded ones have defaults.

    Args:
        config: the dataclass of the settings.
        section: the section of their flags, `backbone`.
        flags: the result of `flags_in`.

    Raises:
        UserError: this version does not support a name or a value.
    """
    kinds, values = settings.types(config), {}
    for flag, text in flags.items():
        own, _, name = flag.partition(".")
        if own != section or not name:
            continue
        if name not in kinds:
            near = errors.nearest(name, list(kinds))
            raise errors.UserError(
                f"recorded --{flag} is unknown to this version{near}"
            )
        try:
            values[name] = _read(text, kinds[name])
        except ValueError as error:
            raise errors.UserError(
                f"recorded --{flag}={text}: this version wants another value"
            ) from error
    return config(**values)


def _read(text: str, kind: Any) -> Any:
    each = settings.item_type(kind)
    if each is not None:
        return tuple(_read(part, each) for part in text.split(",") if part)
    if kind is bool:
        return ("false", "true").index(text.lower()) == 1
    return kind(text)

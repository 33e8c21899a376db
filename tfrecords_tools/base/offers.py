"""Checks what the files of a registry offer.

The registry's `__init__.py` holds a `typing.Protocol`. A file must offer each
name that has no value there; a name with a value is optional, and the value is
its default. So that a misspelt optional name is an error, the file may define
no other public function or callable value, no value whose name has a capital
letter first, and none whose name is close to a known one. Classes, types and
imports are free.
"""

import ast
import pathlib
import re
import sys
import types
from typing import Any, Protocol, TypeVar, get_origin

from tfrecords_tools.base import errors


class File(Protocol):
    """A file whose name is the value of a flag."""

    Config: type
    """Its settings, a frozen dataclass."""
    SECTION: str | None = None
    """The first word of the flags of its settings, where the name of the flag
    or of the file will not do."""


def complete(module: types.ModuleType) -> None:
    """Checks a file of a registry; adds defaults for optional names.

    Raises:
        UserError: a name is unknown, or a required one is missing.
    """
    protocol = find_protocol(sys.modules[module.__package__])
    needed, defaults = required(protocol), optional(protocol)
    known = (*needed, *defaults)
    for name, value in vars(module).items():
        if name not in known and _is_offered(name, value, module, known):
            raise errors.UserError(
                f"{_place(module, name)}: got {name}"
                f"{errors.nearest(name, known)}; wanted one of "
                f"{', '.join(known)}: begin the name with _ if only this "
                "file uses it"
            )
    missing = [name for name in needed if name not in vars(module)]
    if missing:
        raise errors.UserError(
            f"{module.__file__}: got no {missing[0]}; wanted "
            f"{', '.join(needed)} in every file of {module.__package__}"
        )
    for name, value in defaults.items():
        vars(module).setdefault(name, value)


def find_protocol(package: types.ModuleType) -> type:
    """Returns the Protocol of a registry's files.

    Raises:
        ValueError: the package has none, so it is no registry.
    """
    for value in vars(package).values():
        if Protocol in getattr(value, "__bases__", ()):
            return value
    raise ValueError(f"{package.__name__} has no Protocol in its __init__.py")


def required(protocol: type) -> tuple[str, ...]:
    """Returns the names that every file must offer."""
    names = []
    for each in _with_bases(protocol):
        members = vars(each)
        names += [name for name in each.__annotations__ if name not in members]
        names += [
            name for name in members if _is_public_function(name, members[name])
        ]
    return tuple(names)


def optional(protocol: type) -> dict[str, Any]:
    """Returns the optional names with their defaults."""
    return {
        name: vars(each)[name]
        for each in _with_bases(protocol)
        for name in each.__annotations__
        if name in vars(each)
    }


def _with_bases(protocol: type) -> list[type]:
    found = [c for c in protocol.__mro__ if Protocol in c.__bases__]
    return found[::-1]


def _is_public_function(name: str, value: Any) -> bool:
    return isinstance(value, types.FunctionType) and not name.startswith("_")


def _is_offered(
    name: str, value: Any, module: types.ModuleType, known: tuple[str, ...]
) -> bool:
    if name.startswith("_") or isinstance(value, types.ModuleType):
        return False
    if name.isupper():
        return True
    if _is_public_function(name, value):
        # Not `typing.NamedTuple`, which is a function, too.
        return value.__module__.split(".")[0] == module.__name__.split(".")[0]
    is_close = bool(errors.nearest(name, known)) or name.upper() in known
    resembles_offer = is_close or name[0].isupper()
    if _is_type(value) or not (resembles_offer or callable(value)):
        return False
    # Only now: files are parsed while a command starts.
    if name in _imported(module):
        return False
    return resembles_offer or name not in _aliases(module)


def _is_type(value: Any) -> bool:
    kinds = type, types.UnionType, TypeVar
    return isinstance(value, kinds) or get_origin(value) is not None


def _imported(module: types.ModuleType) -> set[str]:
    """The names that the file imports from others."""
    return {
        alias.asname or alias.name
        for node in ast.walk(_parsed(module))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _aliases(module: types.ModuleType) -> set[str]:
    """Short names of attributes of modules, `ops` for `ops = keras.ops`."""
    return {
        target.id
        for node in _parsed(module).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Attribute)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _parsed(module: types.ModuleType) -> ast.Module:
    return ast.parse(pathlib.Path(module.__file__).read_text("utf-8"))


def _place(module: types.ModuleType, name: str) -> str:
    """`path:line` of where the file defines the name."""
    lines = pathlib.Path(module.__file__).read_text("utf-8").splitlines()
    defines = re.compile(rf"(def )?{re.escape(name)}\b")
    numbers = [str(i) for i, line in enumerate(lines, 1) if defines.match(line)]
    return ":".join([module.__file__, *numbers[:1]])

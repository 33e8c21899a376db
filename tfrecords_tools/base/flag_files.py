"""Flag files: recipes by name, and where a flag was given."""

import importlib.resources
import pathlib
import re

from tfrecords_tools.base import errors, registry

_SUFFIX = ".flagfile"


def recipes(package: str) -> dict[str, str]:
    """Name to path of the flag files in a folder such as `launch.recipes`."""
    top, *inner = package.split(".")
    folder = importlib.resources.files(top).joinpath(*inner)
    return {
        path.name.removesuffix(_SUFFIX): str(path)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(_SUFFIX)
    }


def with_recipes(arguments: list[str], package: str) -> list[str]:
    """`--recipe=NAME` becomes `--flagfile=PATH`.

    A flag file that itself names a recipe is replaced by its lines.

    Raises:
        UserError: there is no such recipe.
    """
    found = []
    rest = iter(arguments)
    for argument in rest:
        name, sign, value = argument.partition("=")
        name = name.lstrip("-") if name.startswith("-") else ""
        if name in ("recipe", "flagfile") and not sign:
            value = next(rest, "")
        if name == "recipe":
            found.append(f"--flagfile={_recipe(value, package)}")
        elif name == "flagfile" and _names_recipe(value):
            found += with_recipes(_flags_in(value), package)
        elif name == "flagfile":
            found.append(f"--flagfile={value}")
        else:
            found.append(argument)
    return found


def origin(name: str, arguments: list[str]) -> str:
    """`recipe.flagfile:12: ` where a flag file holds `name`, else nothing."""
    for path in named(arguments):
        lines = pathlib.Path(path).read_text("utf-8").split("\n")
        for number, line in enumerate(lines, start=1):
            given = line.strip().lstrip("-").partition("=")[0].split(" ")[0]
            if given in (name, f"no{name}"):
                return f"{path}:{number}: "
            if given == "flagfile":
                nested = origin(name, [line.strip()])
                if nested:
                    return nested
    return ""


def named(arguments: list[str]) -> list[str]:
    """The flag files that the arguments name."""
    return [
        argument.partition("=")[2] or (arguments + [""])[position + 1]
        for position, argument in enumerate(arguments)
        if argument.lstrip("-").partition("=")[0] == "flagfile"
    ]


def _recipe(name: str, package: str) -> str:
    known = recipes(package)
    if name not in known:
        raise errors.UserError(
            f"no recipe {name!r}{registry.nearest(name, list(known))}; there "
            f"is {', '.join(known)}. A file of your own is --flagfile=FILE"
        )
    return known[name]


def _names_recipe(path: str) -> bool:
    try:
        lines = _flags_in(path)
    except (OSError, UnicodeDecodeError):  # Whoever reads it next says so.
        return False
    return any(re.match(r"--?recipe\b", line) for line in lines)


def _flags_in(path: str) -> list[str]:
    lines = pathlib.Path(path).read_text("utf-8").split("\n")
    return [line.strip() for line in lines if line.strip().startswith("-")]

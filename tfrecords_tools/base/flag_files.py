"""Expands flag files and recipes into arguments that keep their origin."""

import importlib.resources
import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping

from tfrecords_tools.base import errors

_SUFFIX = ".flagfile"
_COMMENTS = ("#", "//")


class Argument(str):
    """A word of the command line, or a line of a flag file.

    Attributes:
        origin: `recipe.flagfile:12: `; empty on the command line.
    """

    origin = ""


def recipes(package: str) -> dict[str, str]:
    """Maps recipe names to paths, in a folder such as `launch.recipes`."""
    top, *inner = package.split(".")
    folder = importlib.resources.files(top).joinpath(*inner)
    return {
        path.name.removesuffix(_SUFFIX): str(path)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(_SUFFIX)
    }


def expanded(given: list[str], package: str | None) -> list[Argument]:
    """Replaces `--flagfile` and `--recipe` by the lines of their files.


    Args:
        given: the command line; `--flagfile=FILE` and `--recipe=NAME` may
            also stand in flag files.
        package: folder of recipes; None disables `--recipe`.

    Raises:
        UserError: a file or recipe does not exist, or a file includes itself.
    """
    return list(_expanded(map(_argument, given), package, ()))


def origin(name: str, arguments: list[Argument], text: str = "") -> str:
    """Returns where a flag was last set: `recipe.flagfile:12: `, or nothing.


    Args:
        name: of the flag.
        arguments: of `expanded`.
        text: its value, where it is known.
    """
    for argument in reversed(arguments):
        flag, _, value = argument.lstrip("-").partition("=")
        if flag in (name, f"no{name}") and (not text or value == text):
            return argument.origin
    return ""


def renamed(
    arguments: list[Argument], names: Mapping[str, str]
) -> list[Argument]:
    """Replaces old flag names in flag files by their new names.

    Flag files of earlier runs therefore stay readable. On the command line,
    an old name is an error that states the new one.

    Args:
        arguments: of `expanded`.
        names: old name to new name, without dashes. Names that end in a dot
            rename a whole section, `"sound.": "audio."`; the name of a
            single flag takes precedence. Negated flags (`--nosound.voice`)
            are renamed, too.

    Raises:
        UserError: an old name on the command line.
    """
    return [_renamed(each, names) for each in arguments]


def _renamed(argument: Argument, names: Mapping[str, str]) -> Argument:
    flag, sign, value = argument.partition("=")
    old = flag.lstrip("-")
    negation, new = _new_name(old, names)
    if not flag.startswith("-") or new is None:
        return argument
    now = f"--{negation}{new}"
    if not argument.origin:
        text = "" if negation else f"={value or 'VALUE'}"
        raise errors.UserError(f"--{old} is now {now}: write {now}{text}")
    return _argument(f"{now}{sign}{value}", argument.origin)


def _new_name(old: str, names: Mapping[str, str]) -> tuple[str, str | None]:
    """`no` for a negated flag, and the new name; None if it has none."""
    for negation in ("", "no"):
        name = old.removeprefix(negation)
        section, dot, rest = name.partition(".")
        if not old.startswith(negation):
            continue
        if name in names:
            return negation, names[name]
        if dot and section + dot in names:
            return negation, names[section + dot] + rest
    return "", None


def _expanded(
    words: Iterable[Argument], package: str | None, around: tuple[str, ...]
) -> Iterator[Argument]:
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield word
            yield from rest
            return
        name, sign, value = word.partition("=")
        name = name.lstrip("-") if name.startswith("-") else ""
        if name != "flagfile" and not (name == "recipe" and package):
            yield word
            continue
        if not sign:
            value = next(rest, "")
        if not value:
            raise errors.UserError(
                f"{word.origin}--{name} has no value: wanted --{name}="
                + ("FILE" if name == "flagfile" else "NAME")
            )
        path = value if name == "flagfile" else _recipe(value, word, package)
        lines = _lines(path, word, around)
        yield from _expanded(lines, package, (*around, path))


def _argument(text: str, origin: str = "") -> Argument:
    if isinstance(text, Argument):
        return text
    argument = Argument(text)
    argument.origin = origin
    return argument


def _recipe(name: str, word: Argument, package: str) -> str:
    known = recipes(package)
    if name not in known:
        raise errors.UserError(
            f"{word.origin}no recipe {name!r}"
            f"{errors.nearest(name, list(known))}; there is "
            f"{', '.join(known)}. Use --flagfile=FILE for a file of your own"
        )
    return known[name]


def _lines(
    path: str, word: Argument, around: tuple[str, ...]
) -> list[Argument]:
    if path in around:
        raise errors.UserError(
            f"{word.origin}flag file {path} includes itself: remove the line"
        )
    try:
        text = pathlib.Path(os.path.expanduser(path)).read_text("utf-8")
    except OSError as error:
        raise errors.UserError(
            f"{word.origin}cannot read flag file {path}: {error.strerror}"
        ) from error
    except UnicodeDecodeError as error:
        raise errors.UserError(
            f"{word.origin}cannot read flag file {path}: not UTF-8 "
            f"({error.reason} at byte {error.start}), save the file as UTF-8"
        ) from error
    rows = [line.strip() for line in text.removeprefix("\ufeff").split("\n")]
    return [
        _argument(row, f"{path}:{number}: ")
        for number, row in enumerate(rows, start=1)
        if row and not row.startswith(_COMMENTS)
    ]

"""Binds the settings of a command to absl flags, in two passes.

First the choices are read (`--backbone=r2plus1d`), then only the sections
that the chosen files own are bound (`--backbone.depth`), so a misspelt or
stale flag is an error that names its file and line and suggests another.
"""

import contextlib
import dataclasses
import errno
import functools
import os
import pathlib
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tfrecords_tools.base import (
    atomic_write,
    errors,
    flag_files,
    flag_help,
    flag_values,
    path_checks,
    registry,
    settings,
    versions,
)
from tfrecords_tools.base.text import printable


@dataclasses.dataclass(frozen=True)
class Command:
    """Flags that a command accepts.

    Attributes:
        summary: one sentence for `--help`.
        settings: dataclass of the flags without a section, `--shards`.
        sections: section name to dataclass, `--train.steps`.
        choices: field of `settings` to the package that it chooses from. The
            flags of the chosen file are in the section of the field's name;
            if several files may be chosen, in the section of the file's
            name; if the file defines `SECTION`, in that section.
        own_sections: choices of one file whose section is named after the
            file, `--demo.clips`.
        not_given: choice to a function that returns its default, given the
            earlier choices; None chooses nothing.
        early: fields of `settings` whose values such functions are given, too.
        recipes: the package whose flag files `--recipe=NAME` reads.
        required: flags of `settings` that must be set.
        unless: a flag of `settings` that makes them optional.
        renamed: old names of flags to new ones; `"sound.": "audio."` renames
            a section. Flag files may use old names; on the command line
            they are errors that state the new ones.
    """

    summary: str
    settings: type
    sections: dict[str, type] = dataclasses.field(default_factory=dict)
    choices: dict[str, str] = dataclasses.field(default_factory=dict)
    own_sections: tuple[str, ...] = ()
    not_given: dict[
        str, Callable[[dict[str, Any]], str | tuple[str, ...] | None]
    ] = dataclasses.field(default_factory=dict)
    early: tuple[str, ...] = ()
    recipes: str | None = None
    required: tuple[str, ...] = ()
    unless: str | None = None
    renamed: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Resolved:
    """The parsed flags of a command, with defaults filled in.

    Attributes:
        settings: settings without a section.
        sections: section name to settings.
        chosen: choice to the chosen files, in order.
    """

    settings: Any
    sections: dict[str, Any]
    chosen: dict[str, tuple[registry.Chosen, ...]]

    def one(self, choice: str) -> registry.Chosen:
        """Returns the chosen file of a choice that allows only one."""
        return self.chosen[choice][0]


def main(command: Command, run: Callable[[Resolved], int | None]) -> None:
    """Parses the command line, runs, and exits; wrong input exits with 2."""
    with exits():
        sys.exit(run(complete(command, sys.argv[1:])) or 0)


@contextlib.contextmanager
def exits() -> Iterator[None]:
    """Turns an exception into one message and an exit status.

    Also guards the output: see `printable`.
    """
    with printable.guarded_output(), _exit_statuses():
        yield


@contextlib.contextmanager
def _exit_statuses() -> Iterator[None]:
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # The reader closed the pipe, as `| head` does.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())
        sys.exit(141)
    except errors.UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        print(f"error: {path_checks.too_long(error.filename)}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(130)


def complete(command: Command, given: list[str]) -> Resolved:
    """Parses flags and refuses empty required ones."""
    resolved = parse(command, given)
    config = resolved.settings
    if not (command.unless and getattr(config, command.unless)):
        for name in command.required:
            if not getattr(config, name):
                raise errors.UserError(
                    f"--{name} is not set: add it; --help lists all flags"
                )
    return resolved


def parse(command: Command, given: list[str]) -> Resolved:
    """Parses flags, flag files and recipes; handles --help and --version.

    Raises:
        UserError: an unknown flag, a bad value, a missing flag file.
    """
    if "--version" in given:
        print(versions.package_version())
        sys.exit(0)
    arguments = flag_files.expanded(given, command.recipes)
    arguments = flag_files.renamed(arguments, command.renamed)
    values = flag_values.new()
    types = settings.types(command.settings)
    first = (*command.early, *command.choices)
    flag_values.bind(values, "", command.settings, first)
    hint = functools.partial(_hint, command, values)
    flag_values.read(values, arguments, True, hint)
    modules = _load_choices(command, values)
    sections = dict(command.sections)
    for choice in modules.values():
        sections |= {name: module.Config for name, module in choice.items()}
    rest = tuple(name for name in types if name not in first)
    flag_values.bind(values, "", command.settings, rest)
    for name, config in sections.items():
        flag_values.bind(values, name, config)
    if {"--help", "-help", "-h", "--helpfull"} & set(arguments):
        print(flag_help.text(command, values, sections, modules))
        sys.exit(0)
    positional = flag_values.read(values, arguments, False, hint)
    _refuse_positional(positional, arguments)
    return _resolved(command, values, sections, modules)


def _refuse_positional(
    positional: list[str], arguments: list[flag_files.Argument]
) -> None:
    if positional:
        first = positional[0]
        places = {each: each.origin for each in reversed(arguments)}
        raise errors.UserError(
            f"{places.get(first, '')}got {first!r} without a flag: write "
            "--name=value; --help lists the names"
        )


def _resolved(
    command: Command,
    values: Any,
    sections: dict[str, type],
    modules: dict[str, dict[str, types.ModuleType]],
) -> Resolved:
    found = {
        name: flag_values.collect(values, name, config)
        for name, config in sections.items()
    }
    return Resolved(
        settings=flag_values.collect(values, "", command.settings),
        sections={name: found[name] for name in command.sections},
        chosen={
            choice: tuple(
                registry.Chosen(
                    module.__name__.rsplit(".", 1)[-1], module, found[name]
                )
                for name, module in files.items()
            )
            for choice, files in modules.items()
        },
    )


def write(
    resolved: Resolved, command: Command, path: str | pathlib.Path
) -> None:
    """Writes every flag into one flag file that reproduces the command."""
    text = "\n".join([f"# {command.summary}", *lines(resolved, command)])
    with atomic_write.file(path, "w") as stream:
        stream.write(text + "\n")


def lines(resolved: Resolved, command: Command) -> list[str]:
    """Returns every flag that has a value as `--name=value`."""
    found = flag_values.lines("", resolved.settings)
    for name, config in resolved.sections.items():
        found += flag_values.lines(name, config)
    for choice, files in resolved.chosen.items():
        many = isinstance(getattr(resolved.settings, choice), tuple)
        for chosen in files:
            name = _section(command, choice, chosen.module, many)
            found += flag_values.lines(name, chosen.config)
    return found


def _section(command: Command, choice: str, module: Any, many: bool) -> str:
    by_file = many or choice in command.own_sections
    name = module.__name__.rsplit(".", 1)[-1] if by_file else choice
    return module.SECTION or name


def _load_choices(command: Command, values: Any) -> dict[str, dict]:
    modules: dict[str, dict] = {}
    chosen = {name: values[name].value for name in command.early}
    for choice, package in command.choices.items():
        if values[choice].value is None:
            values[choice].value = command.not_given[choice](chosen)
        value = values[choice].value
        many = isinstance(value, (list, tuple))
        names = value if many else [value] * (value is not None)
        _refuse_twins(choice, names)
        files = [registry.load(package, name) for name in names]
        chosen[choice] = files if many else next(iter(files), None)
        modules[choice] = {
            _section(command, choice, module, many): module for module in files
        }
    return modules


def _refuse_twins(choice: str, names: Sequence[str]) -> None:
    twins = [name for name in names if names.count(name) > 1]
    if twins:
        raise errors.UserError(
            f"--{choice}={','.join(names)} names {twins[0]} twice: wanted "
            "each once, since equal names share their settings"
        )


def _hint(command: Command, values: Any, name: str) -> str:
    """Returns a hint for an unknown flag."""
    known = [f"--{each}" for each in values]
    known += ["--version"] + ["--recipe"] * bool(command.recipes)
    section = f"--{name.partition('.')[0]}."
    is_bound = any(each.startswith(section) for each in known)
    owner = "" if is_bound else _owner(name, command.choices)
    return owner or errors.nearest(f"--{name}", known)


def _owner(flag: str, choices: dict[str, str]) -> str:
    """`; it belongs to --cut=windows` for `windows.seconds`."""
    section, point, _ = flag.partition(".")
    for choice, package in choices.items():
        if point and section in registry.names_in(package):
            return f"; it belongs to --{choice}={section}"
    return ""

"""The text of `--help`: choices first, then one heading per section."""

import dataclasses
import shutil
import textwrap
import types
from typing import Any

from tfrecords_tools.base import registry

_INDENT = " " * 6


def text(
    command: Any,
    values: Any,
    sections: dict[str, type],
    modules: dict[str, dict[str, types.ModuleType]],
) -> str:
    """Formats all flags of a command, in groups.


    Args:
        command: a `flags.Command`.
        values: absl's, with the choices read and all sections bound.
        sections: section name to dataclass.
        modules: choice to the chosen files, by section name.
    """
    fields = dataclasses.fields(command.settings)
    choices = [field for field in fields if field.name in command.choices]
    rest = [field for field in fields if field.name not in command.choices]
    chosen = {
        section: module
        for files in modules.values()
        for section, module in files.items()
    }
    groups = [
        ("Choices", [_flag(command, values, "", field) for field in choices]),
        ("The command", [_flag(command, values, "", field) for field in rest]),
    ]
    for section, config in sections.items():
        groups.append(
            (
                _heading(section, config, chosen.get(section)),
                [
                    _flag(command, values, section, field)
                    for field in dataclasses.fields(config)
                ],
            )
        )
    groups.append(("Every command", _common(command)))
    blocks = ["\n".join([f"{h}:", *flags]) for h, flags in groups if flags]
    return "\n\n".join([textwrap.fill(command.summary, 80), *blocks])


def _heading(
    section: str, config: type, module: types.ModuleType | None
) -> str:
    summary = (module or config).__doc__ or ""
    summary = summary.strip().split("\n")[0].rstrip(".")
    file = module.__name__.rsplit(".", 1)[-1] if module else section
    name = section if file == section else f"{section} = {file}"
    return f"{name} ({summary})" if summary else name


def _flag(
    command: Any, values: Any, section: str, field: dataclasses.Field
) -> str:
    name = f"{section}.{field.name}" if section else field.name
    lines = [f"  --{name}={_shown(values[name].value)}"]
    lines.append(_wrapped(f"{field.metadata.get('help', '')}{_limits(field)}"))
    package = None if section else command.choices.get(field.name)
    known = registry.names_in(package) if package else ()
    if known := known or field.metadata.get("choices"):
        lines.append(_wrapped(f"One of: {', '.join(known)}."))
    return "\n".join(lines)


def _limits(field: dataclasses.Field) -> str:
    least = field.metadata.get("minimum")
    most = field.metadata.get("maximum")
    if least is not None and most is not None:
        return f" [{least} to {most}]"
    if least is not None:
        return f" [at least {least}]"
    return "" if most is None else f" [at most {most}]"


def _common(command: Any) -> list[str]:
    lines = ["  --flagfile=FILE", _wrapped("Reads flags, one a line.")]
    if command.recipes:
        summary = (
            "Reads the flags of a recipe that comes with the package; "
            "video-models --list=recipes names them."
        )
        lines += ["  --recipe=NAME", _wrapped(summary)]
    return [*lines, "  --help", "  --version"]


def _wrapped(text: str) -> str:
    width = max(40, min(100, shutil.get_terminal_size().columns))
    return textwrap.fill(
        text, width, initial_indent=_INDENT, subsequent_indent=_INDENT
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return ",".join(value) if isinstance(value, list) else str(value)

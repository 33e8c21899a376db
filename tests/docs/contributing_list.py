"""Writes the registries of CONTRIBUTING.md from their Protocols.

python -m tests.docs.contributing_list
"""

import ast
import inspect
import textwrap

from launch.runs import run_flags
from tests.house import sources
from tfrecords_tools import build_shards
from tfrecords_tools.base import flags, settings

PATH = sources.ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- python -m tests.docs.contributing_list writes this list -->\n"
END = "<!-- end of the list -->\n"
_WIDTH = 79
_WHOLE_WORDS = {"break_long_words": False, "break_on_hyphens": False}


def write() -> None:
    """Replaces the list in CONTRIBUTING.md."""
    PATH.write_text(with_list(PATH.read_text("utf-8")), "utf-8")


def with_list(text: str) -> str:
    """Returns the text with the current list between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"CONTRIBUTING.md lacks a line {BEGIN}or {END}"
    return f"{before}{BEGIN}\n{_list()}\n{END}{after}"


def _list() -> str:
    return "\n".join(_subsection(package) for package in sources.registries())


def _subsection(package: str) -> str:
    folder = package.replace(".", "/")
    tree = sources.parsed(f"{folder}/__init__.py")
    (protocol,) = [n for n in tree.body if isinstance(n, ast.ClassDef)]
    title, _, note = ast.get_docstring(protocol).partition(". ")
    chosen = f"Write `{folder}/<name>.py`, chosen by {_chosen_by(package)}."
    needed, optional = _entries(protocol)
    lines = [
        f"### {title.rstrip('.')}",
        "",
        *textwrap.wrap(f"{chosen} {note}", _WIDTH, **_WHOLE_WORDS),
        "",
        *_entry_list("Required:", needed),
        *_entry_list("Optional:", optional),
    ]
    return "\n".join(lines)


def _entry_list(heading: str, entries: list[str]) -> list[str]:
    """A list of entries below its heading; nothing without entries."""
    if not entries:
        return []
    wrapped = [
        line
        for entry in entries
        for line in textwrap.wrap(
            f"- {entry}", _WIDTH, subsequent_indent="  ", **_WHOLE_WORDS
        )
    ]
    return [heading, "", *wrapped, ""]


def _entries(protocol: ast.ClassDef) -> tuple[list[str], list[str]]:
    """What a file must offer, and what it may, each with its text."""
    needed, optional = [], []
    followers = [*protocol.body[1:], ast.Pass()]
    for node, after in zip(protocol.body, followers, strict=True):
        if isinstance(node, ast.FunctionDef):
            said = _in_one_line(ast.get_docstring(node))
            needed.append(f"`{_signature(node)}`: {said}")
        elif isinstance(node, ast.AnnAssign):
            said = isinstance(after, ast.Expr) and after.value.value
            text = _stated(node, _in_one_line(said) if said else "")
            (optional if node.value else needed).append(text)
    return needed, optional


def _stated(node: ast.AnnAssign, said: str) -> str:
    name = node.target.id
    if said.startswith("`("):  # A function, whose text begins with its call.
        return f"`{name}{said[1:]}"
    if node.value and ast.unparse(node.value) != "None":
        name += f" = {ast.unparse(node.value)}"
    return f"`{name}`: {said}" if said else f"`{name}`"


def _signature(node: ast.FunctionDef) -> str:
    names = [each.arg for each in node.args.args[1:]]
    names += [f"*{each.arg}" for each in [node.args.vararg] if each]
    return f"{node.name}({', '.join(names)}) -> {ast.unparse(node.returns)}"


def _in_one_line(text: str) -> str:
    return " ".join(inspect.cleandoc(text).split())


def _chosen_by(package: str) -> str:
    command, flag = next(
        (command, flag)
        for command in (build_shards.COMMAND, run_flags.COMMAND)
        for flag, each in command.choices.items()
        if each == package
    )
    more = "...," if _takes_several(command, flag) else ""
    return f"`--{flag}={more}<name>`"


def _takes_several(command: flags.Command, flag: str) -> bool:
    kind = settings.types(command.settings)[flag]
    return getattr(kind, "__origin__", kind) is tuple


if __name__ == "__main__":
    write()

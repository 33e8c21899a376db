"""Writes the table of CONTRIBUTING.md from the Protocols of the registries.

python -m tests.docs.contributing_table
"""

import ast
import inspect

from launch.runs import run_flags
from tests.house import sources
from tfrecords_tools import build_shards
from tfrecords_tools.base import flags, settings

PATH = sources.ROOT / "CONTRIBUTING.md"
BEGIN = "<!-- python -m tests.docs.contributing_table writes this table -->\n"
END = "<!-- end of the table -->\n"
_HEAD = "| to add | write | which must offer | and may offer | chosen by |"


def write() -> None:
    """Replaces the table in CONTRIBUTING.md."""
    PATH.write_text(with_table(PATH.read_text("utf-8")), "utf-8")


def with_table(text: str) -> str:
    """The same text, with the table of now between its two marks."""
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"CONTRIBUTING.md lacks a line {BEGIN}or {END}"
    return f"{before}{BEGIN}\n{_table()}\n{END}{after}"


def _table() -> str:
    rows = [_row(package) for package in sources.registries()]
    return "\n".join([_HEAD, "|---" * 5 + "|", *rows, ""])


def _row(package: str) -> str:
    folder = package.replace(".", "/")
    tree = sources.parsed(f"{folder}/__init__.py")
    (protocol,) = [n for n in tree.body if isinstance(n, ast.ClassDef)]
    needed, optional = _entries(protocol)
    cells = (
        ast.get_docstring(protocol).rstrip("."),
        f"`{folder}/<name>.py`",
        "<br>".join(needed),
        "<br>".join(optional),
        _chosen_by(package),
    )
    return f"| {' | '.join(cells)} |"


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
    return " ".join(inspect.cleandoc(text).split()).replace("|", "\\|")


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

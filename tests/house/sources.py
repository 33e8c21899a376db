"""The source files of the four rooms, parsed and not run."""

import ast
import functools
import pathlib
from collections.abc import Callable, Iterable, Iterator

from tfrecords_tools.base import registry

ROOT = pathlib.Path(__file__).parents[2]
ROOMS = ("tfrecords_tools", "pipelines", "video_models", "launch")


@functools.cache
def paths(*rooms: str) -> list[str]:
    """Sorted paths of the Python files, from the root."""
    found = [p for room in rooms or ROOMS for p in (ROOT / room).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def registries() -> list[str]:
    """Packages whose files a flag chooses from, those of a room together."""
    return [name for room in ROOMS for name in registry.packages_in(room)]


def module_name(path: str) -> str:
    """`tfrecords_tools.base` for `tfrecords_tools/base/__init__.py`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def parsed(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


@functools.cache
def imports(tree: ast.AST) -> set[str]:
    """`a.b` for `import a.b` and for `from a import b`, wherever it stands."""
    return {name for node in ast.walk(tree) for name in _imported(node)}


def imports_when_loaded(tree: ast.AST) -> set[str]:
    """The same without those inside functions."""
    return {name for node in _outside(tree) for name in _imported(node)}


def _outside(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
            yield from _outside(node)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        start = "." * node.level + (node.module or "")
        return [f"{start}.{alias.name}" for alias in node.names]
    return []


def within(name: str, packages: tuple[str, ...]) -> bool:
    """Whether `name` is one of `packages` or inside one."""
    return f"{name}.".startswith(tuple(f"{each}." for each in packages))


def assert_of_none(
    paths: Iterable[str], offence: Callable[[str], object]
) -> None:
    """Fails with a line for each path whose `offence` is not empty."""
    found = {path: offence(path) for path in paths}
    lines = [f"{path}: {what}" for path, what in found.items() if what]
    assert not lines, "\n".join(["", *lines])

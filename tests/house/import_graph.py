"""Which of our files imports which, and the circles among them.

Every import counts: inside functions and behind `TYPE_CHECKING`, too.
"""

import ast
import functools
from collections.abc import Mapping

from tests.house import sources

Graph = Mapping[str, set[str]]


@functools.cache
def of_files() -> dict[str, set[str]]:
    """Module name to the modules that its file imports."""
    known = {sources.module_name(path): path for path in sources.paths()}
    return {
        name: _ours(sources.imports(sources.parsed(path)), known) - {name}
        for name, path in known.items()
    }


def of_folders() -> dict[str, set[str]]:
    """Package name to the packages that its files import.

    A folder and those above or below it do not count.
    """
    graph: dict[str, set[str]] = {}
    for name, imported in of_files().items():
        own = _package(name)
        others = {_package(each) for each in imported}
        graph.setdefault(own, set()).update(
            each
            for each in others
            if not sources.within(each, (own,))
            and not sources.within(own, (each,))
        )
    return graph


def circles(graph: Graph) -> list[list[str]]:
    """Groups of names that reach one another, sorted."""
    reached = {name: _reached(graph, name) for name in graph}
    groups = {
        frozenset({name} | {o for o in found if name in reached[o]})
        for name, found in reached.items()
        if name in found
    }
    return sorted(sorted(group) for group in groups)


def inside_functions(tree: ast.AST) -> set[str]:
    """What of ours is imported inside functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        name
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for name in sources.imports(function)
        if sources.within(name, sources.ROOMS)
    }


def _ours(imported: set[str], known: Mapping[str, str]) -> set[str]:
    """Modules, where a name of one is imported its module."""
    modules = {
        name if name in known else name.rpartition(".")[0] for name in imported
    }
    return modules & known.keys()


def _package(name: str) -> str:
    folder = sources.ROOT / name.replace(".", "/")
    return name if folder.is_dir() else name.rpartition(".")[0]


def _reached(graph: Graph, start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for name in graph.get(waiting.pop(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found

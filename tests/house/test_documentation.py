"""Public code says what it is: docstrings and annotations."""

import ast
from collections.abc import Iterator

from tests.house import sources

_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def public(body: list[ast.stmt], within: str = "") -> Iterator[tuple]:
    """Name and definition of public classes, functions and methods."""
    for node in body:
        if not isinstance(node, (ast.ClassDef, *_FUNCTION)):
            continue
        if node.name.startswith("_") and node.name != "__init__":
            continue
        yield within + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public(node.body, f"{node.name}.")


def functions(path: str) -> list[tuple]:
    found = public(sources.parsed(path).body)
    return [(name, node) for name, node in found if isinstance(node, _FUNCTION)]


def without_idea(path: str) -> bool:
    tree = sources.parsed(path)
    empty = not tree.body and path.endswith("/__init__.py")
    return not empty and not ast.get_docstring(tree)


def without_docstring(path: str) -> list[str]:
    found = public(sources.parsed(path).body)
    bare = [name for name, node in found if not ast.get_docstring(node)]
    return [name for name in bare if not name.endswith("__init__")]


def without_annotation(path: str) -> list[str]:
    """`function(argument)` for each that lacks one."""
    return [
        f"{name}({argument.arg})"
        for name, node in functions(path)
        for argument in _arguments(node.args)
        if argument.annotation is None and argument.arg not in ("self", "cls")
    ]


def _arguments(given: ast.arguments) -> list[ast.arg]:
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    return arguments + [each for each in (given.vararg, given.kwarg) if each]


def without_result(path: str) -> list[str]:
    return [
        name
        for name, node in functions(path)
        if not node.returns and node.name != "__init__"
    ]


def test_every_module_says_its_idea():
    sources.assert_of_none(sources.paths(), without_idea)


def test_everything_public_has_a_docstring():
    sources.assert_of_none(sources.paths(), without_docstring)


def test_every_argument_of_a_public_function_is_annotated():
    sources.assert_of_none(sources.paths(), without_annotation)


def test_every_public_function_says_what_it_returns():
    sources.assert_of_none(sources.paths(), without_result)

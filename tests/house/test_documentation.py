"""Public code says what it is: docstrings and annotations."""

import ast
from collections.abc import Iterator

import pytest

from tests.house import sources

every_file = pytest.mark.parametrize("path", sources.paths())
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


@every_file
def test_module_says_its_idea(path):
    tree = sources.parsed(path)
    empty = not tree.body and path.endswith("/__init__.py")
    assert empty or ast.get_docstring(tree)


@every_file
def test_everything_public_has_a_docstring(path):
    found = public(sources.parsed(path).body)
    bare = [name for name, node in found if not ast.get_docstring(node)]
    assert not [name for name in bare if not name.endswith("__init__")]


@every_file
def test_every_argument_of_a_public_function_is_annotated(path):
    for name, node in functions(path):
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        arguments += [each for each in (given.vararg, given.kwarg) if each]
        bare = {each.arg for each in arguments if each.annotation is None}
        assert bare <= {"self", "cls"}, name


@every_file
def test_every_public_function_says_what_it_returns(path):
    for name, node in functions(path):
        assert node.returns or node.name == "__init__", name

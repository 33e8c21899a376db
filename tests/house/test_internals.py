"""Private names of others are used in two files alone.

So that a new Keras or TensorFlow breaks in one place, which has a test of
each thing that it relies on.
"""

import ast
import functools
from collections.abc import Iterator

import pytest

from tests.house import sources

HOME = "video_models/introspection"
INTERNALS = {
    f"{HOME}/keras_internals.py",
    f"{HOME}/tensorflow_internals.py",
}
OTHERS = [path for path in sources.paths() if path not in INTERNALS]
# Modules of packages that are not meant for others.
PRIVATE_MODULES = ("keras.src", "tensorflow.python", "keras_cv.src")
# KerasCV takes seconds to import, and this file is all that uses it.
OF_KERAS_CV = "video_models/families/keras_cv_swin.py"
# Documented, though their names begin so.
PUBLIC = {"_asdict", "_replace", "_fields", "_field_defaults", "_make", "_exit"}
_BY_NAME = ("getattr", "hasattr", "setattr", "delattr")


def private_uses(tree: ast.AST, own: set[str]) -> Iterator[str]:
    """Private names that a file uses and `own` has not.

    Args:
        tree: of the file.
        own: names that it, or what it imports of ours, defines.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.Call) and _asks_by_name(node):
            name = node.args[1].value
        else:
            continue
        if _is_private(name) and name not in own | PUBLIC:
            yield name


def _asks_by_name(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Name)
        and call.func.id in _BY_NAME
        and isinstance(call.args[1], ast.Constant)
    )


def _is_private(name: str) -> bool:
    # `_missing_` and the like are the documented hooks of enums.
    return name.startswith("_") and not name.endswith("_")


@functools.cache
def defined(tree: ast.AST) -> set[str]:
    """Names of functions, classes, fields, and attributes of `self`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Attribute) and _is_set_on_self(node):
            found.add(node.attr)
    return found


def _is_set_on_self(node: ast.Attribute) -> bool:
    owner = node.value
    return (
        isinstance(node.ctx, ast.Store)
        and isinstance(owner, ast.Name)
        and owner.id in ("self", "cls")
    )


def own_names(path: str) -> set[str]:
    """What a file defines, and the files that it imports."""
    tree = sources.parsed(path)
    paths = {f"{name.replace('.', '/')}.py" for name in sources.imports(tree)}
    near = [sources.parsed(each) for each in paths & set(sources.paths())]
    return set().union(*map(defined, [tree, *near]))


def private_names(path: str) -> list[str]:
    return sorted(set(private_uses(sources.parsed(path), own_names(path))))


def private_modules(path: str) -> list[str]:
    found = sources.imports(sources.parsed(path))
    allowed = ("keras_cv.src",) if path == OF_KERAS_CV else ()
    wrong = [name for name in found if sources.within(name, PRIVATE_MODULES)]
    return sorted(n for n in wrong if not sources.within(n, allowed))


def uses_none(path: str) -> bool:
    tree = sources.parsed(path)
    return not set(private_uses(tree, defined(tree)))


def test_no_private_name_of_others_is_used():
    sources.assert_of_none(OTHERS, private_names)


def test_no_private_module_of_others_is_imported():
    sources.assert_of_none(OTHERS, private_modules)


def test_files_of_private_names_are_needed():
    sources.assert_of_none(INTERNALS, uses_none)


@pytest.mark.parametrize(
    "code, found",
    [
        ("x._keras_history", {"_keras_history"}),
        ("self._inherited", {"_inherited"}),
        ("self._own = 1; self._own", set()),
        ("other._own = 1", {"_own"}),
        ("getattr(x, '_hidden', ())", {"_hidden"}),
        ("row._replace(a=1); Kind._missing_; x.__class__", set()),
    ],
)
def test_private_name_of_others_is_told_from_own(code, found):
    tree = ast.parse(code)
    assert set(private_uses(tree, defined(tree))) == found

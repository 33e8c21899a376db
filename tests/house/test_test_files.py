"""What refuses something is tested, by name where it can be.

A file of a registry is left out: the contracts and the tests of its folder
find it by listing the folder.
"""

import ast

from tests.house import sources, test_rooms

# Only ever lower.
MOST_WITHOUT_A_FILE = 20


def refusing() -> list[str]:
    """The files that raise an error of their own."""
    return [
        path
        for path in sources.paths()
        if path.rpartition("/")[0] not in test_rooms.REGISTRIES
        and any(map(_refuses, ast.walk(sources.parsed(path))))
    ]


def _refuses(node: ast.AST) -> bool:
    """Whether it is `raise Error(...)`, except `AttributeError(...)`."""
    made = node.exc if isinstance(node, ast.Raise) else None
    return isinstance(made, ast.Call) and not (
        isinstance(made.func, ast.Name) and made.func.id == "AttributeError"
    )


def file_of_its_tests(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"tests/{folder}/test_{name}"


def without_a_file() -> list[str]:
    return [
        p
        for p in refusing()
        if not (sources.ROOT / file_of_its_tests(p)).exists()
    ]


def is_imported(path: str, texts: list[str]) -> bool:
    """Whether one of the texts imports its module, or a name of it."""
    module = sources.module_name(path)
    last = module.rpartition(".")[2]
    return any(
        module in sources.imports(ast.parse(text))
        for text in texts
        if last in text
    )


def test_every_file_that_refuses_something_is_called_by_a_test():
    files = (sources.ROOT / "tests").rglob("test_*.py")
    texts = [path.read_text() for path in files]
    missing = [p for p in without_a_file() if not is_imported(p, texts)]
    assert not missing, "\n".join(["", *missing])


def test_no_more_files_than_before_have_no_test_file_of_their_name():
    found = without_a_file()
    assert len(found) <= MOST_WITHOUT_A_FILE, "\n".join(["", *found])

"""Retired words are no names, no flags, and stand in no help or docstring.

The terms are those of the field: audio, image, metadata, discriminator. A
public name is a module, a class, a function, a parameter of a public function,
or a field. Some words are retired in local and private names, too.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house import sources

# Refused as whole names. Some are fine as part of a longer one.
NAMES = {
    *("about", "asked", "found", "made", "own", "told", "wanted"),
    *("piece", "pieces", "FACTS", "PARTS", "moment_rows", "moments"),
    *("Part", "Parts", "Share", "Team", "Turn", "turn", "Watch"),
    *("even_from", "share_of", "stopped", "told_to_stop"),
    *("chances", "clip_changes", "game", "in_words", "small_frames"),
    *("least_light", "most_lost", "most_noise", "shown_span"),
    *("sample_coverage", "sample_measures", "survey_of", "listing"),
}
# A function is a verb with its object.
FUNCTIONS = {"at", "begin", "in_words", "of", "open", "see"}
# Refused as one word of any name: `sound` in `sound_mel` and `KeptSound`.
WORDS = {
    *("sound", "sounds", "picture", "pictures", "facts", "taught"),
    *("critic", "critics", "fooled", "judgement", "looks", "treatment"),
    *("fidelity", "turns"),
}
# Refused as one word of a public name.
PUBLIC_WORDS = {"parts"}
PHRASES = re.compile(
    r"\b(sounds?|pictures?|nobody|whoever|made clips|not given|goes on|as it is"
    r"|but for|of which|told|fooled|judges?|most that|critics?)\b",
    re.IGNORECASE,
)


def words_of(name: str) -> set[str]:
    """`kept`, `sound` for `KeptSound` and for `kept_sound`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return set(parted.lower().split("_"))


def is_retired(name: str) -> bool:
    return name in NAMES or bool(words_of(name) & (WORDS | PUBLIC_WORDS))


def names(path: str) -> Iterator[str]:
    """The public names of a file."""
    yield path.removesuffix(".py").rsplit("/", 1)[-1]
    yield from _names(sources.parsed(path).body)


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            assigned = _assigned_names(node)
            yield from (n for n in assigned if not n.startswith("_"))
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            continue
        if node.name.startswith("_") and node.name != "__init__":
            continue
        yield node.name
        if isinstance(node, ast.ClassDef):
            yield from _names(node.body)
        else:
            given = node.args
            every = given.posonlyargs + given.args + given.kwonlyargs
            yield from (each.arg for each in every)


def every_name(tree: ast.Module) -> Iterator[str]:
    """The names that a file binds: also private, local and of parameters."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def docstrings(tree: ast.Module) -> Iterator[str]:
    """The docstrings of a file, without what is `code`."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(tree):
        if isinstance(node, documented) and (text := ast.get_docstring(node)):
            yield re.sub(r"`[^`]*`", "", text)


def _assigned_names(node: ast.Assign | ast.AnnAssign) -> list[str]:
    """The names of `A = 1`, `a: int` and `A, B = 1, 2`."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [
        each.id
        for target in targets
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ]


def helps(path: str) -> Iterator[str]:
    """The help of the settings of a file, and its constants `..._HELP`."""
    yield from _helps(sources.parsed(path))


def _helps(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            "setting"
        ):
            for given in [*node.args[1:2], *(k.value for k in node.keywords)]:
                yield from _texts(given)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            name.strip("_").split("_")[-1] == "HELP"
            for name in _assigned_names(node)
        ):
            yield from _texts(node.value)


def _texts(given: ast.expr) -> Iterator[str]:
    """The strings of an expression: concatenated, formatted, or chosen."""
    for node in ast.walk(given):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def functions(path: str) -> list[str]:
    """The bare prepositions and verbs among the functions of a file."""
    return [
        node.name
        for node in ast.walk(sources.parsed(path))
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS
    ]


def retired_names(path: str) -> list[str]:
    return sorted({name for name in names(path) if is_retired(name)})


def retired_local_names(path: str) -> list[str]:
    names = every_name(sources.parsed(path))
    return sorted({name for name in names if words_of(name) & WORDS})


def retired_phrases(path: str) -> list[str]:
    texts = [*helps(path), *docstrings(sources.parsed(path))]
    return [found[0] for text in texts for found in PHRASES.finditer(text)]


def test_a_retired_word_is_found_in_longer_names():
    assert is_retired("KeptSound") and is_retired("sound_mel")
    assert is_retired("index_parts") and is_retired("Part")
    assert not is_retired("sounding_line") and not is_retired("partition")


def test_public_constants_are_names():
    tree = ast.parse("FACTS, NAMES = 'a', 'b'\n_PARTS = {}\nsize: int = 1\n")
    assert list(_names(tree.body)) == ["FACTS", "NAMES", "size"]


@pytest.mark.parametrize(
    "text",
    [
        "a: int = settings.setting(1, 'The ' + 'critic.')",
        "a: int = settings.setting(1, f'The {b} critic.')",
        "HELP = 'The critic.'",
        "_LOSS_HELP = ('The ' + 'critics.')",
    ],
)
def test_retired_words_are_found_in_every_form_of_help(text):
    found = "".join(_helps(ast.parse(text)))
    assert PHRASES.search(found)


def test_public_names_are_terms_of_the_field():
    sources.assert_of_none(sources.paths(), retired_names)


def test_local_names_of_private_functions_are_read():
    tree = ast.parse("def _f(a):\n    picture, x.looks = a, a\n")
    assert sorted(every_name(tree)) == ["_f", "a", "looks", "picture"]


def test_no_name_has_a_word_that_is_always_retired():
    sources.assert_of_none(sources.paths(), retired_local_names)


def test_public_functions_name_their_object():
    sources.assert_of_none(sources.paths(), functions)


def test_help_and_docstrings_have_no_retired_word():
    sources.assert_of_none(sources.paths(), retired_phrases)

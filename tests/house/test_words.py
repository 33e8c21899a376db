"""Retired words are no public names, no flags, and stand in no help.

The terms are those of the field: audio, image, metadata, discriminator. A name
is a module, a class, a function, a parameter of a public function, or a field.
"""

import ast
import re
from collections.abc import Iterator

from tests.house import sources

# Refused as whole names. Some are fine as part of a longer one.
NAMES = {
    *("about", "asked", "found", "made", "own", "told", "wanted"),
    *("Parts", "Share", "Team", "Turn", "turn", "Watch"),
    *("even_from", "parts", "share_of", "stopped", "told_to_stop"),
    *("chances", "clip_changes", "game", "in_words", "small_frames"),
    *("least_light", "most_lost", "most_noise", "shown_span"),
    *("sample_coverage", "sample_measures", "survey_of", "listing"),
}
# A function is a verb with its object.
FUNCTIONS = {"at", "begin", "follow", "in_words", "of", "open", "see"}
# Refused as one word of a name: `sound` in `sound_mel` and `KeptSound`.
WORDS = {
    *("sound", "sounds", "picture", "pictures", "facts", "taught"),
    *("critic", "critics", "fooled", "judgement", "looks", "treatment"),
    *("fidelity", "turns"),
}
PHRASES = re.compile(
    r"\b(sounds?|pictures?|nobody|whoever|made clips|not given|goes on|as it is"
    r"|but for|of which|told|fooled|judges?|most that)\b",
    re.IGNORECASE,
)


def words_of(name: str) -> set[str]:
    """`kept`, `sound` for `KeptSound` and for `kept_sound`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return set(parted.lower().split("_"))


def is_retired(name: str) -> bool:
    return name in NAMES or bool(words_of(name) & WORDS)


def names(path: str) -> Iterator[str]:
    """The public names of a file."""
    yield path.removesuffix(".py").rsplit("/", 1)[-1]
    yield from _names(sources.parsed(path).body)


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(
            node.target, ast.Name
        ):
            yield node.target.id
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


def helps(path: str) -> Iterator[str]:
    """The help of the settings of a file."""
    for node in ast.walk(sources.parsed(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            "setting"
        ):
            for given in [*node.args[1:2], *(k.value for k in node.keywords)]:
                if isinstance(given, ast.Constant | ast.JoinedStr):
                    yield ast.unparse(given)


def functions(path: str) -> list[str]:
    """The bare prepositions and verbs among the functions of a file."""
    return [
        node.name
        for node in ast.walk(sources.parsed(path))
        if isinstance(node, ast.FunctionDef) and node.name in FUNCTIONS
    ]


def retired_names(path: str) -> list[str]:
    return sorted({name for name in names(path) if is_retired(name)})


def retired_phrases(path: str) -> list[str]:
    return [
        found[0] for text in helps(path) for found in PHRASES.finditer(text)
    ]


def test_a_retired_word_is_found_in_longer_names():
    assert is_retired("KeptSound") and is_retired("sound_mel")
    assert not is_retired("sounding_line")


def test_public_names_are_terms_of_the_field():
    sources.assert_of_none(sources.paths(), retired_names)


def test_public_functions_name_their_object():
    sources.assert_of_none(sources.paths(), functions)


def test_help_of_settings_has_no_retired_word():
    sources.assert_of_none(sources.paths(), retired_phrases)

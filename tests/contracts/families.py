"""Which backbones have the same layers, by what their files import.

Exporting and compiling look at layers, not at how many there are. So in
`make test` one backbone of each family is compiled and converted, and in
`make test-full` the others are.
"""

import collections

import pytest

from tests.house import sources
from tfrecords_tools.base import registry

FOLDER = "video_models.backbones"
_FAMILIES = "video_models.families"
_OF_ALL = f"{_FAMILIES}.published"


def _imports(name: str) -> set[str]:
    path = f"{FOLDER.replace('.', '/')}/{name}.py"
    found = sources.imports(sources.parsed(path))
    return {each for each in found if sources.within(each, ("video_models",))}


def _family(name: str) -> frozenset[str]:
    """The files of `families` that it is built from; else the file itself."""
    found = [n for n in _imports(name) if sources.within(n, (_FAMILIES,))]
    return frozenset(found) - {_OF_ALL} or frozenset([name])


def representatives() -> dict[str, str]:
    """Name of every backbone to that of its family which imports most."""
    families = collections.defaultdict(list)
    for name in registry.names_in(FOLDER):
        families[_family(name)].append(name)
    return {
        name: max(members, key=lambda each: (len(_imports(each)), each))
        for members in families.values()
        for name in members
    }


def one_in_make_test() -> pytest.MarkDecorator:
    """All backbones; but for one of each family only in `make test-full`."""
    return pytest.mark.parametrize(
        "name",
        [
            pytest.param(name, marks=[pytest.mark.full] * (name != chosen))
            for name, chosen in sorted(representatives().items())
        ],
    )

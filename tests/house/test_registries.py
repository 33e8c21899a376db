"""What a file in a registry folder offers, whatever the folder.

Loading one holds it against its folder's Protocol.
"""

import dataclasses
import types

from tests.house import sources
from tfrecords_tools.base import registry

# A file offers exactly one of these; the others keep this default.
EITHER = {
    "pipelines.augmentations": {"build": None, "mix": None},
    "pipelines.extra_inputs": {
        "build": None,
        "CLIPS": 1,
        "SHIFTS_AUDIO": False,
    },
}
FILES = {
    f"{folder}.{name}": folder
    for folder in sources.registries()
    for name in registry.names_in(folder)
}


def loaded(path: str) -> types.ModuleType:
    return registry.load(*path.rsplit(".", 1))


def config_that_may_change(path: str) -> bool:
    config = loaded(path).Config
    frozen = dataclasses.is_dataclass(config)
    return not (frozen and config.__dataclass_params__.frozen)


def bare_settings(path: str) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(loaded(path).Config)
        if field.default is dataclasses.MISSING
        or not field.metadata.get("help", "").endswith(".")
    ]


def other_than_one(path: str) -> str | None:
    unused = EITHER[FILES[path]].items()
    offered = [
        name for name, value in unused if getattr(loaded(path), name) != value
    ]
    return None if len(offered) == 1 else f"offers {offered} of {dict(unused)}"


def ready_settings_of_another_type(path: str) -> list[str]:
    module = loaded(path)
    ready = {"OFF", "TINY"} & vars(module).keys()
    return [
        name
        for name in sorted(ready)
        if not isinstance(vars(module)[name], module.Config)
    ]


def test_settings_are_frozen():
    sources.assert_of_none(FILES, config_that_may_change)


def test_every_setting_has_a_default_and_help():
    sources.assert_of_none(FILES, bare_settings)


def test_files_offer_one_of_what_their_folder_asks_for():
    concerned = [path for path in FILES if FILES[path] in EITHER]
    sources.assert_of_none(concerned, other_than_one)


def test_ready_settings_are_a_config_of_the_file():
    sources.assert_of_none(FILES, ready_settings_of_another_type)

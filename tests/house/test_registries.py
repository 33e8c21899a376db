"""What a file in a registry folder offers, whatever the folder.

Loading one holds it against its folder's Protocol.
"""

import dataclasses

import pytest

from tests.house import sources
from tfrecords_tools.base import registry

# One of which a file offers, and no more; the value of the others is this.
EITHER = {
    "pipelines.augmentations": {"build": None, "mix": None},
    "pipelines.extra_inputs": {"build": None, "CLIPS": 1},
}
FILES = [
    (f, name) for f in sources.registries() for name in registry.names_in(f)
]
every_file = pytest.mark.parametrize("folder, name", FILES)


@every_file
def test_settings_are_frozen(folder, name):
    config = registry.load(folder, name).Config
    assert dataclasses.is_dataclass(config)
    assert config.__dataclass_params__.frozen


@every_file
def test_every_setting_has_a_default_and_help(folder, name):
    for field in dataclasses.fields(registry.load(folder, name).Config):
        assert field.default is not dataclasses.MISSING, field.name
        assert field.metadata.get("help", "").endswith("."), field.name


@every_file
def test_ready_settings_are_a_config_of_the_file(folder, name):
    module = registry.load(folder, name)
    for ready in {"OFF", "TINY"} & vars(module).keys():
        assert isinstance(vars(module)[ready], module.Config)


@pytest.mark.parametrize(
    "folder, name", [(f, name) for f, name in FILES if f in EITHER]
)
def test_file_offers_one_of_what_its_folder_asks_for(folder, name):
    module = registry.load(folder, name)
    unused = EITHER[folder].items()
    assert sum(getattr(module, each) != value for each, value in unused) == 1

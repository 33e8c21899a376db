"""Versions of the packages that bytes depend on."""

import importlib.metadata

_OWN = "video-models"


def package_version() -> str:
    """Returns `video-models 0.2.0`, for `--version`."""
    return list_versions((_OWN,))[0]


def own_number() -> str:
    """Returns `0.2.0`, for `__version__`; `0+unknown` if not installed."""
    try:
        return importlib.metadata.version(_OWN)
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"


def list_versions(packages: tuple[str, ...]) -> list[str]:
    """Returns `av 18.1.0` for each package, or `av not installed`."""
    return [f"{package} {_version(package)}" for package in packages]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"

"""A folder is a registry: its file names are the names to choose from.

Listing imports nothing. The Protocol in the folder's `__init__.py` defines
what a registered file must and may offer: see `offers`.
"""

import ast
import importlib
import importlib.util
import pathlib
import types
from typing import Any, NamedTuple

from tfrecords_tools.base import errors, offers


class Chosen(NamedTuple):
    """A registered file and its settings."""

    name: str
    module: types.ModuleType
    config: Any

    def build(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the file's `build` with its settings first."""
        return self.module.build(self.config, *args, **kwargs)

    def __reduce__(self) -> tuple:
        """Pickles the module by name."""
        package, _, name = self.module.__name__.rpartition(".")
        return choose, (package, name, self.config)


def names_in(package: str) -> tuple[str, ...]:
    """Sorted names of the files in `package`, without importing them."""
    files = sorted(_path(package).glob("*.py"))
    return tuple(f.stem for f in files if not f.stem.startswith("_"))


def packages_in(room: str) -> tuple[str, ...]:
    """Sorted registries of a package, without importing them.

    They are the folders whose `__init__.py` defines a Protocol.
    """
    return tuple(
        f"{room}.{path.parent.name}"
        for path in sorted(_path(room).glob("*/__init__.py"))
        if "Protocol):\n" in path.read_text("utf-8")
    )


def first_line(module: str) -> str:
    """Returns the first line of a module's docstring, without an import."""
    package, _, name = module.rpartition(".")
    tree = ast.parse((_path(package) / f"{name}.py").read_text())
    return (ast.get_docstring(tree) or "").split("\n")[0]


def load(package: str, name: str) -> types.ModuleType:
    """Imports `package/name.py`.

    Adds the Protocol's defaults for optional names that the file omits.

    Raises:
        UserError: the name is unknown, or the file does not match the Protocol.
    """
    known = names_in(package)
    if name not in known:
        raise errors.UserError(
            f"no {name!r} in {package}{errors.nearest(name, known)}; "
            f"there is {', '.join(known) or 'nothing yet'}"
        )
    module = importlib.import_module(f"{package}.{name}")
    offers.complete(module)
    return module


def choose(package: str, name: str, config: Any = None) -> Chosen:
    """`package/name.py` with `config`, or with its default settings."""
    module = load(package, name)
    return Chosen(name, module, module.Config() if config is None else config)


def _path(package: str) -> pathlib.Path:
    # `find_spec` of `a.b` would import `a`, which may load TensorFlow.
    top, *inner = package.split(".")
    spec = importlib.util.find_spec(top)
    for root in (spec and spec.submodule_search_locations) or ():
        folder = pathlib.Path(root).joinpath(*inner)
        if folder.is_dir():
            return folder
    raise ValueError(f"{package} is not a package")

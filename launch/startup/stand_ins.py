"""Stand-ins for heavy packages while only settings are read.

Settings are defined next to the code that uses them, which imports TensorFlow
(3 s of CPU). With stand-ins its modules load without TensorFlow: each attribute
of a stand-in is another stand-in, which can be called, subclassed or used as a
decorator, and computes nothing.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

PACKAGES = (
    "av",
    "cv2",
    "google_crc32c",
    "grpc",
    "h5py",
    "keras",
    "keras_cv",
    "PIL",
    "safetensors",
    "scenedetect",
    "simplejpeg",
    "tensorflow",
    "tensorflow_io",
    "tensorflow_text",
)


class _Anything:
    """Supports whatever a module may do with a package's names on import."""

    def __init__(self, *arguments: Any, **named: Any):
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _Anything()

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        # `@decorator` returns the decorated object.
        kept = (type, types.FunctionType)
        if len(arguments) == 1 and isinstance(arguments[0], kept):
            return arguments[0]
        return _Anything()

    def __getitem__(self, key: Any) -> Any:
        return _Anything()

    def __or__(self, other: Any) -> Any:
        return _Anything()

    __ror__ = __or__

    def __mro_entries__(self, bases: tuple) -> tuple[type, ...]:
        return (_Base,)


class _Base:
    """The base class in place of a package's class."""


class _Module(types.ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return _Anything()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> _Module:
        return _Module(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def install() -> None:
    """Replaces later imports of heavy packages by stand-ins.

    Irreversible: for a process that only reads settings and exits.
    """
    sys.meta_path.insert(0, _Finder())

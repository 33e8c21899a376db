"""Starts a command: checks flags, loads TensorFlow, then runs it.

`python -m launch.train ...` and `video-models train ...` are the same.
"""

import importlib
import os
import runpy
import sys

from launch.startup import stand_ins, visible_devices
from tfrecords_tools.base import errors, flag_files, flags, registry, versions

_COMMANDS = "launch.commands"
_RENAMED = {
    "measure": "evaluate_generation",
    "fidelity": "evaluate_restoration",
}
_RENAMED_LISTS = {"views": "extra_inputs"}
_TOOLS = ("build_shards", "check_shards")  # They load no TensorFlow.
_ROOMS = ("tfrecords_tools", "pipelines", "video_models")
# The exit status of a child that accepted the flags.
_GOOD_FLAGS = 100


def run(name: str) -> None:
    """Runs a command, such as `train`, with `sys.argv`, and exits."""
    if name in _TOOLS:
        runpy.run_module(f"tfrecords_tools.{name}", run_name="__main__")
    module = f"{_COMMANDS}.{name}"
    with flags.exits():
        # Read once: a file may be a pipe.
        sys.argv[1:] = flag_files.expanded(sys.argv[1:], None)
        _check_flags(module)
        visible_devices.load_tensorflow()
        command = importlib.import_module(module)
    flags.main(command.COMMAND, command.main)


def main() -> None:
    """The console script `video-models`."""
    with flags.exits():
        name, *rest = sys.argv[1:] or ["--help"]
        if name in ("--help", "-h", "help"):
            if not rest:
                print(_usage())
                return
            name, rest = rest[0], ["--help"]
        if name == "--version":
            print(versions.package_version())
            return
        if name.partition("=")[0] == "--list":
            print(_listed(name.partition("=")[2] or " ".join(rest)))
            return
        known = (*_TOOLS, *registry.names_in(_COMMANDS))
        if name.replace("-", "_") not in known:
            near = errors.nearest(name, (*known, "--list", "--version"))
            if name in _RENAMED:
                near = f"; it is now {_RENAMED[name]!r}"
            raise errors.UserError(
                f"no command {name!r}{near}; there is {', '.join(known)}"
            )
        name = name.replace("-", "_")
    sys.argv = [f"video-models {name}", *rest]
    run(name)


def _check_flags(module: str) -> None:
    """Handles invalid flags, --help and --version before loading TensorFlow.

    A forked child parses the flags with stand-ins for heavy packages, so the
    stand-ins never enter this process, which parses the flags again.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        os._exit(_flags_status(module))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != _GOOD_FLAGS:
        sys.exit(status if status >= 0 else 128 - status)


def _flags_status(module: str) -> int:
    try:
        with flags.exits():
            stand_ins.install()
            command = importlib.import_module(module).COMMAND
            flags.complete(command, sys.argv[1:])
        return _GOOD_FLAGS
    except SystemExit as end:
        return end.code or 0
    except Exception:  # The parent parses with the real packages.
        return _GOOD_FLAGS


def _usage() -> str:
    commands = {
        **{name: f"tfrecords_tools.{name}" for name in _TOOLS},
        **{n: f"launch.{n}" for n in registry.names_in(_COMMANDS)},
    }
    width = max(map(len, commands)) + 2
    rows = [
        f"  {name:<{width}}{registry.first_line(module)}"
        for name, module in commands.items()
    ]
    return "\n".join(
        [
            "Video models: from a folder of videos to a served model.",
            "",
            "video-models COMMAND --flag=value ...",
            "",
            *rows,
            "",
            "  COMMAND --help  flags of a command",
            "  --list          recipes, sources, backbones, ...",
            "  --version",
        ]
    )


def _listed(kind: str) -> str:
    names = {
        "recipes": tuple(flag_files.recipes("launch.recipes")),
        **{
            package.rpartition(".")[2]: registry.names_in(package)
            for room in _ROOMS
            for package in registry.packages_in(room)
        },
    }
    if kind and kind not in names:
        now = _RENAMED_LISTS.get(kind)
        near = f"it is now {now!r}; " if now else ""
        raise errors.UserError(
            f"--list={kind}: {near}wanted one of {', '.join(names)}"
        )
    if kind:
        return "\n".join(names[kind])
    return "\n".join(f"{k}: {', '.join(v)}" for k, v in names.items())

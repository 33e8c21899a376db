"""The help of every command, and of `launch.train` with every choice."""

import contextlib
import importlib
import io
import json

from launch.startup import stand_ins
from tfrecords_tools.base import flags, registry


def texts() -> dict[str, str]:
    """By the command's name, or by the flag that chooses a file."""
    found = {}
    for name in registry.names_in("launch.commands"):
        module = importlib.import_module(f"launch.commands.{name}")
        found[name] = _help(module.COMMAND)
        if name == "train":
            for choice, package in module.COMMAND.choices.items():
                for file in registry.names_in(package):
                    flag = f"--{choice}={file}"
                    found[flag] = _help(module.COMMAND, flag)
    return found


def _help(command: flags.Command, *arguments: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        flags.parse(command, [*arguments, "--help"])
    return out.getvalue()


if __name__ == "__main__":
    stand_ins.install()
    print(json.dumps(texts()))

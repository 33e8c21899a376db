"""Runs the blocks of one page, in their order, in the folder it is started in.

All `python` blocks share their names, as in one session; each `shell` block
is a shell of its own that stops at the first command that fails. Where nothing
but `python -m` stands in it, its commands are forked if TensorFlow is loaded
and idle, see `tests.forked`.

python -m tests.docs.run_page docs/python.md
"""

import os
import shlex
import subprocess
import sys
from typing import Any, NoReturn

from tests import forked
from tests.docs import blocks
from tests.house import sources


def run(path: str) -> None:
    """Raises what the first failing block raises."""
    names: dict[str, Any] = {"__name__": "__main__"}
    is_idle = "tensorflow" in sys.modules
    for block in blocks.of_page(path):
        if not block.is_run:
            continue
        print(f"{path}:{block.line}: {block.language}", flush=True)
        if block.language == "python":
            # So that a stack trace names the page and its line.
            code = "\n" * (block.line - 1) + block.code
            is_idle = False
            exec(compile(code, sources.ROOT / path, "exec"), names)
        else:
            _shell(block.commands, is_idle)


def _shell(commands: list[str], may_fork: bool) -> None:
    plain = [shlex.split(each) for each in commands]
    if may_fork and all(
        words[:2] == ["python", "-m"] and not set("|&;<>$`*?~") & set(command)
        for words, command in zip(plain, commands, strict=True)
    ):
        for words in plain:
            _fork(words[2:])
    else:
        script = "\n".join(commands)
        subprocess.run(["bash", "-eux", "-c", script], check=True)


def _fork(arguments: list[str]) -> None:
    print("+", *arguments, flush=True)
    child = os.fork()
    if not child:
        _become(arguments)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, f"exit status {status}"


def _become(arguments: list[str]) -> NoReturn:
    status = 1
    try:
        forked.run_module(arguments[0], arguments[1:])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    run(sys.argv[1])

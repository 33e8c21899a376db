"""Runs the blocks of one page, in their order, in the folder it is started in.

All `python` blocks share their names, as in one session; each `shell` block
is a shell of its own that stops at the first command that fails.

python -m tests.docs.run_page docs/python.md
"""

import subprocess
import sys
from typing import Any

from tests.docs import blocks
from tests.house import sources


def run(path: str) -> None:
    """Raises what the first failing block raises."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in blocks.of_page(path):
        if not block.is_run:
            continue
        print(f"{path}:{block.line}: {block.language}", flush=True)
        if block.language == "python":
            # So that a stack trace names the page and its line.
            code = "\n" * (block.line - 1) + block.code
            exec(compile(code, sources.ROOT / path, "exec"), names)
        else:
            script = "\n".join(block.commands)
            subprocess.run(["bash", "-eux", "-c", script], check=True)


if __name__ == "__main__":
    run(sys.argv[1])

"""Prints what was measured, and with what."""

import importlib.metadata
import os
import platform


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def versions(*packages: str) -> str:
    """One line: the processor, Python and the packages."""
    found = [
        f"{name} {importlib.metadata.version(name)}"
        for name in packages
        if _is_installed(name)
    ]
    cores = f"{_processor()}, {os.cpu_count()} cores"
    return ", ".join([cores, f"Python {platform.python_version()}", *found])


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as stream:
            for line in stream:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()

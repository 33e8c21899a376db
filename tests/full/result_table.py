"""The last results of `make test-full`, as a file and as a table.

`results.json` keeps what was found of each network, also of those that the
last run did not look at; `RESULTS.md` is the table of it.
"""

import json
import pathlib
from typing import Any

from tests import published_networks
from tests.benchmarks.measuring import tables
from tests.full import full_checks

FOLDER = pathlib.Path(__file__).parent
_HEAD = {
    "parameters": "trainable parameters",
    "multiply_adds": "multiply-adds (off the published)",
    "output": "output",
    "saved": "saved",
    "exported": "exported",
    "xla": "XLA",
    "tflite": "TFLite, built-in only",
    "training": "loss in a step",
}


def record(network: str, found: dict[str, dict[str, Any]], where: str) -> None:
    """Keeps what was found of a network.

    Args:
        network: its name.
        found: check to `state`, `text` and `seconds`.
        where: the machine and its packages.
    """
    results = read()
    checks = results.get(network, {}).get("checks", {}) | found
    results[network] = {"where": where, "checks": checks}
    text = json.dumps(results, indent=1, sort_keys=True)
    (FOLDER / "results.json").write_text(text + "\n")
    (FOLDER / "RESULTS.md").write_text(markdown(results))


def read() -> dict[str, dict[str, Any]]:
    """Network to what `record` kept of it."""
    path = FOLDER / "results.json"
    return json.loads(path.read_text()) if path.is_file() else {}


def markdown(results: dict[str, dict[str, Any]]) -> str:
    """The table, networks in the order of their files, then what it means."""
    known = [name for name in published_networks.every() if name in results]
    rows = [[name, *_cells(results[name]["checks"])] for name in known]
    notes = [
        f"- {name}, {check}: {made['text']}"
        for name in known
        for check, made in results[name]["checks"].items()
        if made["state"] != "good"
    ]
    where = sorted({results[name]["where"] for name in known})
    head = ["network-clip-classes", *_HEAD.values(), "minutes"]
    parts = [
        "# Networks of papers at full size",
        "Written by `make test-full`; random weights, one clip.",
        tables.markdown(head, rows),
        "\n".join(notes),
        "\n".join(where),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _cells(checks: dict[str, dict[str, Any]]) -> list[str]:
    cells = [_cell(checks.get(name)) for name in full_checks.CHECKS]
    seconds = sum(made["seconds"] for made in checks.values())
    return [*cells, f"{seconds / 60:.1f}"]


def _cell(made: dict[str, Any] | None) -> str:
    if made is None:
        return ""
    return made["text"] if made["state"] == "good" else made["state"]

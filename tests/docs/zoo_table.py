"""Writes the tables of networks and weights into docs/networks.md.

The rows are `PUBLISHED` and `WEIGHTS` of the backbones, so every published
figure stands in one place. Run `python -m tests.docs.zoo_table` after a change.
"""

import dataclasses

from tests.house import sources
from tfrecords_tools.base import atomic_write, errors, registry
from video_models.families import published
from video_models.pretrained import public_files

PAGE = sources.ROOT / "docs" / "networks.md"
COMMAND = "python -m tests.docs.zoo_table"
START = f"<!-- Written by {COMMAND}: do not edit. -->\n"
WEIGHTS_START = f"<!-- Public weights, by {COMMAND}: do not edit. -->\n"
END = "<!-- End of the written table. -->\n"
_FOLDER = "video_models.backbones"
_HEAD = (
    "| `--backbone` | settings | clip | classes | parameters |"
    " multiply-adds, 10⁹ |\n"
    "|---|---|---|---:|---:|---:|\n"
)
_WEIGHTS_HEAD = (
    "| `--backbone` | settings | `--backbone.weights` | top-1, % | licence |\n"
    "|---|---|---|---|---|\n"
)


def render_table() -> str:
    """Returns a Markdown table with one row for each published network."""
    return _HEAD + "".join(
        _render_row(name, network)
        for name in registry.names_in(_FOLDER)
        for network in getattr(registry.load(_FOLDER, name), "PUBLISHED", ())
    )


def render_weights() -> str:
    """Returns a Markdown table with one row for each public file."""
    return _WEIGHTS_HEAD + "".join(
        _render_weights_row(name, file)
        for name in registry.names_in(_FOLDER)
        for file in getattr(registry.load(_FOLDER, name), "WEIGHTS", ())
    )


def insert_tables(page: str) -> str:
    """Returns the page with the text between its markers replaced.

    Args:
        page: Markdown that holds `START` and `WEIGHTS_START`, each with an
            `END` after it.

    Raises:
        UserError: a marker is missing.
    """
    for marker, table in (
        (START, render_table()),
        (WEIGHTS_START, render_weights()),
    ):
        page = _insert(page, marker, table)
    return page


def _insert(page: str, marker: str, table: str) -> str:
    before, start, rest = page.partition(marker)
    _, end, after = rest.partition(END)
    if not (start and end):
        missing = marker if not start else END
        raise errors.UserError(
            f"{PAGE}: wanted the line {missing.strip()!r}, which says where "
            "the table belongs: put it back"
        )
    return f"{before}{marker}\n{table}\n{END}{after}"


def _render_row(name: str, network: published.Network) -> str:
    clip = f"{network.frames}x{network.size}²"
    cells = (
        f"`{name}`",
        _render_settings(network.config),
        clip,
        f"{network.classes:,}",
        f"{network.parameters:,}",
        _render_billions(network.multiply_adds),
    )
    return f"| {' | '.join(cells)} |\n"


def _render_weights_row(name: str, file: public_files.PublicFile) -> str:
    value = file.name or file.file
    settings = " ".join(
        f"`{key}={_render_value(each)}`" for key, each in file.settings.items()
    )
    link = f"[`{value}`]({file.address})"
    cells = f"`{name}`", settings, link, file.score, file.licence
    return f"| {' | '.join(cells)} |\n"


def _render_settings(config: object) -> str:
    """The variant, and the settings that differ from their defaults."""
    shown = [
        f"`{field.name}={_render_value(getattr(config, field.name))}`"
        for field in dataclasses.fields(config)
        if field.name == "variant"
        or getattr(config, field.name) != field.default
    ]
    return " ".join(shown)


def _render_value(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _render_billions(multiply_adds: float | None) -> str:
    """Three significant digits; empty where none is published."""
    if multiply_adds is None:
        return ""
    billions = multiply_adds / 1e9
    digits = 2 if billions < 10 else 1 if billions < 100 else 0
    return f"{billions:.{digits}f}"


if __name__ == "__main__":
    with atomic_write.file(PAGE) as page:
        page.write(insert_tables(PAGE.read_text()).encode())

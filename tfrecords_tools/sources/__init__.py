"""Where clips come from, chosen by `--source`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools import annotations as clips


class Source(offers.File, Protocol):
    """A source."""

    list_all: Callable[[Any, str], list[clips.Clip]] | None = None
    """`(config, input)`: `list_clips` with the rows that it leaves out because
    they have no video; each gives the reason in `absent`."""

    def list_clips(self, config: Any, input: str) -> list[clips.Clip]:
        """Lists the clips of `--input`. A clip that is known to have no video
        gives the reason in `absent`."""

"""Data layouts that clips are read from, chosen by `--source`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools import annotations as clips


class Source(offers.File, Protocol):
    """A source."""

    list_all: Callable[[Any, str], list[clips.Clip]] | None = None
    """`(config, input)`: `list_clips`, plus the rows without a video that it
    omits; their `absent` holds the reason."""

    def list_clips(self, config: Any, input: str) -> list[clips.Clip]:
        """Lists the clips of `--input`. If a clip is known to have no video,
        its `absent` holds the reason."""

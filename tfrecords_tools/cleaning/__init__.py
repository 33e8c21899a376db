"""Steps that examine and clean clips, chosen by `--clean`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from tfrecords_tools.base import offers

if TYPE_CHECKING:
    from tfrecords_tools import cleaning_step


class CleaningStep(offers.File, Protocol):
    """A cleaning step."""

    build: Callable[[Any], cleaning_step.Step] | None = None
    """`(config) -> cleaning_step.Step`: the step, which examines frames of a
    clip and returns a verdict with its report column. A file without `build`,
    such as `duplicates`, only holds settings."""

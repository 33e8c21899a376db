"""The one error that a user can fix: states got, wanted and remedy.

Commands print it as one line and exit with 2. Every other exception is a bug
of ours and keeps its stack trace.
"""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Invalid input. The text states got, wanted, remedy, file and line."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` where something known is close, else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""

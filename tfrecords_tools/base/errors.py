"""The one error that a user can mend: what came, what was wanted, what to do.

Commands print it as one line and exit with 2; everything else is a defect of
ours and keeps its stack trace.
"""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Wrong input. The text says got, wanted, remedy, and file and line."""


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean X?` where something known is close, else nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""

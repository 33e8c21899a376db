"""The one error that a user can mend: what came, what was wanted, what to do.

Commands print it as one line and exit with 2; everything else is a defect of
ours and keeps its stack trace.
"""


class UserError(Exception):
    """Wrong input. The text says got, wanted, remedy, and file and line."""

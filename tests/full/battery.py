"""Every check of one network of a paper at full size, one after the other.

Run as `python -m tests.full.battery NETWORK CHECK...`; prints one line of
JSON for each check as soon as it is done. A process of its own: what it
takes of memory is given back, and it may be ended when it takes too long.
"""

import json
import os
import sys
import time

from tests import published_networks
from tests.full import full_checks


def main() -> None:
    """Runs the checks that the command line names."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print shall not stand between.
    name, *checks = sys.argv[1:]
    subject = full_checks.Subject(published_networks.every()[name])
    for check in checks:
        start = time.perf_counter()
        try:
            state, text = "good", getattr(subject, check)()
        except full_checks.Skipped as reason:
            state, text = "skipped", str(reason)
        except Exception as error:
            state, text = "wrong", _short(error)
        seconds = time.perf_counter() - start
        line = {"check": check, "state": state, "text": text}
        line["seconds"] = round(seconds, 1)
        print(json.dumps(line), file=output, flush=True)


def _short(error: Exception) -> str:
    lines = [each for each in str(error).splitlines() if each.strip()]
    return f"{type(error).__name__}: {' '.join(lines)[:300]}"


if __name__ == "__main__":
    main()

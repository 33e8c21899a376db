"""Flags are defined only through base/flags.py; one file alone knows absl."""

import pytest

from tests.house import sources

PARSERS = ("absl.flags", "argparse", "optparse", "getopt", "click")
READER = "tfrecords_tools/base/flag_values.py"
OTHERS = [path for path in sources.paths() if path != READER]

COMMANDS = ["launch/runs/run_flags.py", "launch/startup/command_line.py"] + [
    path
    for path in sources.paths()
    if path.startswith("launch/commands/")
    or '\nif __name__ == "__main__":' in (sources.ROOT / path).read_text()
]


@pytest.mark.parametrize("path", OTHERS)
def test_no_other_file_reads_a_command_line(path):
    found = sources.imports(sources.parsed(path))
    assert not {name for name in found if sources.within(name, PARSERS)}


@pytest.mark.parametrize("path", OTHERS)
def test_flags_are_bound_only_in_commands(path):
    uses = "tfrecords_tools.base.flags" in sources.imports(sources.parsed(path))
    assert not uses or path in COMMANDS

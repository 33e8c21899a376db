"""Flags are defined only through base/flags.py; one file alone knows absl."""

from tests.house import sources

PARSERS = ("absl.flags", "argparse", "optparse", "getopt", "click")
READER = "tfrecords_tools/base/flag_values.py"
OTHERS = [path for path in sources.paths() if path != READER]

COMMANDS = [
    "launch/runs/flag_paths.py",  # Changes flags that a command has bound.
    "launch/runs/run_flags.py",
    "launch/startup/command_line.py",
] + [
    path
    for path in sources.paths()
    if path.startswith("launch/commands/")
    or '\nif __name__ == "__main__":' in (sources.ROOT / path).read_text()
]


def parsers(path: str) -> list[str]:
    found = sources.imports(sources.parsed(path))
    return sorted(name for name in found if sources.within(name, PARSERS))


def binds_flags(path: str) -> bool:
    found = sources.imports(sources.parsed(path))
    return "tfrecords_tools.base.flags" in found and path not in COMMANDS


def test_no_other_file_reads_a_command_line():
    sources.assert_of_none(OTHERS, parsers)


def test_flags_are_bound_only_in_commands():
    sources.assert_of_none(OTHERS, binds_flags)

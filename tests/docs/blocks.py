"""The fenced blocks of a page, and what the page says of running them.

A reader sees none of what follows; each stands before the fence, as a comment:

    <!-- not run: needs a GPU -->            the block is not run, and why
    <!-- run with: train --train.steps=2 --> the flags are added to each command
                                             of a `shell` block that holds the
                                             word `train`; may be repeated
    <!-- run first:                          commands that no reader sees; needs
    python -m launch.train ...               no block after it
    -->
"""

import dataclasses
import pathlib
import re

from tests.house import sources

RUN = ("python", "shell")
"""Languages of the blocks that are run."""

_FENCE = re.compile(r"^(\s*)(```+)\s*(\w*)")
_COMMENT = re.compile(r"\s*<!--\s*(not run|run with|run first):(.*?)-->", re.S)
_KINDS = ("not run", "run with", "run first")


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block, or commands to run first.

    Attributes:
        language: the word behind the fence; empty where there is none.
        code: what stands between the fences.
        line: the number of its first line in the page, from 1.
        not_run: why it is not run; None: it is.
        added: word of a command to the flags that are added to it.
    """

    language: str
    code: str
    line: int
    not_run: str | None = None
    added: tuple[tuple[str, str], ...] = ()

    @property
    def is_run(self) -> bool:
        """Whether a test runs it."""
        return self.language in RUN and self.not_run is None

    @property
    def commands(self) -> list[str]:
        """The commands of a `shell` block, whole, with the added flags."""
        whole = self.code.replace("\\\n", " ").splitlines()
        return [self._with_flags(line) for line in whole if line.strip()]

    def _with_flags(self, command: str) -> str:
        for word, flags in self.added:
            if re.search(rf"\b{re.escape(word)}\b", command):
                command = f"{command} {flags}"
        return command


def pages() -> list[str]:
    """README.md and the pages of docs/, from the root."""
    found = [sources.ROOT / "README.md", *sources.ROOT.glob("docs/**/*.md")]
    return sorted(p.relative_to(sources.ROOT).as_posix() for p in found)


def of_page(path: str) -> list[Block]:
    """The blocks of a page, by its path from the root."""
    return parsed((pathlib.Path(sources.ROOT) / path).read_text("utf-8"))


def parsed(text: str) -> list[Block]:
    """The blocks of a page, in their order."""
    lines = text.splitlines()
    blocks: list[Block] = []
    said: list[tuple[str, str]] = []
    number = 0
    while number < len(lines):
        comment = _comment(lines, number)
        fence = _FENCE.match(lines[number])
        if comment:
            kind, content, after = comment
            if kind == "run first":
                blocks.append(Block("shell", content, number + 2))
            else:
                said.append((kind, content))
            number = after
        elif fence:
            end = _end(lines, number, fence[2])
            blocks.append(_block(lines, number, end, fence, said))
            said, number = [], end + 1
        else:
            assert not said or not lines[number].strip(), (
                f"line {number + 1}: wanted a fenced block after {said}"
            )
            number += 1
    return blocks


def _comment(lines: list[str], number: int) -> tuple[str, str, int] | None:
    """Kind and content of a comment, and the number of the line after it."""
    if not lines[number].lstrip().startswith("<!--"):
        return None
    found = _COMMENT.match("\n".join(lines[number:]))
    if not found:
        begun = lines[number].lstrip()[4:].strip()
        assert not begun.startswith(_KINDS), f"line {number + 1}: {begun}"
        return None
    assert found[2].strip(), f"line {number + 1}: nothing after {found[1]!r}"
    return found[1], found[2].strip(), number + found[0].count("\n") + 1


def _end(lines: list[str], start: int, fence: str) -> int:
    for number in range(start + 1, len(lines)):
        if lines[number].strip() == fence:
            return number
    raise AssertionError(f"line {start + 1}: the block has no end")


def _block(
    lines: list[str],
    start: int,
    end: int,
    fence: re.Match,
    said: list[tuple[str, str]],
) -> Block:
    code = "\n".join(
        line.removeprefix(fence[1]) for line in lines[start + 1 : end]
    )
    reasons = [content for kind, content in said if kind == "not run"]
    added = [content for kind, content in said if kind == "run with"]
    assert not (added and fence[3] != "shell"), (
        f"line {start + 1}: flags are added to commands of a shell block"
    )
    pairs = tuple((*each.split(None, 1),) for each in added)
    return Block(fence[3], code, start + 2, next(iter(reasons), None), pairs)

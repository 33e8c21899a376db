"""Reads public word vectors: GloVe, Word2Vec and fastText files.

Only the vectors of a vocabulary are kept, so that a file of gigabytes needs
little memory.
"""

import contextlib
import gzip
import os
import pathlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np

from tfrecords_tools.base import errors, progress

_HEADER = re.compile(rb"(\d+) (\d+)\s*")
_LINES = 20_000  # Between two updates of the progress.
_NUMBERS = set(b"0123456789+-.eE naif\t\r")
_FASTTEXT_MODEL = b"\xba\x16\x4f\x2f"  # Its magic number, 793712314.
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"


class WordVectors(NamedTuple):
    """The vectors of a vocabulary.

    Attributes:
        table: float32 [words, width], 0 for words that the file lacks.
        is_found: bool [words].
    """

    table: np.ndarray
    is_found: np.ndarray


class _Row(NamedTuple):
    """A word, and where it is, for messages; its vector is read on demand."""

    word: bytes
    place: str
    vector: Callable[[], np.ndarray]


def read(path: str | os.PathLike, words: Sequence[str]) -> WordVectors:
    """Reads the vectors of some words; shows the progress.

    Formats: text, a word and its numbers a line (GloVe), after a line with the
    numbers of words and channels (Word2Vec, fastText's .vec); or Word2Vec's
    binary file. Each may be compressed by gzip.

    A word that the file lacks has the vector of its first spelling in other
    ASCII case: Word2Vec's public file has `London`, but no `london`.

    Args:
        path: the file.
        words: the vocabulary.

    Returns:
        The vectors in the order of `words`.

    Raises:
        UserError: the file is missing, of another format or damaged, or has
            none of the words.
    """
    path = pathlib.Path(path)
    try:
        with _open(path) as (stream, show):
            found = _collect(_rows(stream, path, show), words)
    except (OSError, EOFError) as error:  # EOFError: gzip was cut off.
        raise errors.UserError(
            f"{path} cannot be read as word vectors: {error}"
        ) from error
    if found is None:
        raise errors.UserError(
            f"{path} has none of the vocabulary's {len(words)} words, such as "
            f"{', '.join(words[:3]) or 'none'}: wanted vectors of their "
            "language"
        )
    return found


@contextlib.contextmanager
def _open(
    path: pathlib.Path,
) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """Yields the file's content, and what shows how much of it is read."""
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(0)
        if start in (_FASTTEXT_MODEL, _ZIP):
            what = "a ZIP archive" if start == _ZIP else "a model of fastText"
            wanted = "its .txt or .vec file"
            raise errors.UserError(f"{path} is {what}: wanted {wanted}")
        size = os.fstat(file.fileno()).st_size
        packed = start.startswith(_GZIP)
        stream = gzip.GzipFile(fileobj=file) if packed else file
        with progress.bar(f"Word vectors of {path.name}", size) as update:
            yield stream, lambda: update(file.tell())
            update(size)


def _collect(rows: Iterator[_Row], words: Sequence[str]) -> WordVectors | None:
    """The vectors; None if there is none. The first of equal words counts."""
    names = [word.encode() for word in words]
    places = {name: number for number, name in enumerate(names)}
    folded = {n.lower(): places[n] for n in reversed(names)}
    vectors: dict[int, np.ndarray] = {}
    exact: set[int] = set()
    for row in rows:
        number = places.get(row.word)
        if number is not None:
            if number not in exact:
                exact.add(number)
                vectors[number] = row.vector()
            continue
        number = folded.get(row.word.lower())
        if number is not None and number not in vectors:
            vectors[number] = row.vector()
    if not vectors:
        return None
    width = next(iter(vectors.values())).size
    table = np.zeros((len(words), width), np.float32)
    is_found = np.zeros(len(words), bool)
    for number, vector in vectors.items():
        table[number], is_found[number] = vector, True
    return WordVectors(table, is_found)


def _rows(
    stream: BinaryIO, path: pathlib.Path, show: Callable[[], None]
) -> Iterator[_Row]:
    """Yields all words of a file of either format."""
    first = stream.readline(1 << 20)
    header = _HEADER.fullmatch(first)
    if not header:
        width = len(first.split()) - 1
        if width < 1 or not first.endswith(b"\n"):
            raise errors.UserError(
                f"{path}:1: got {first[:40]!r}, wanted a word and its numbers, "
                "as GloVe, Word2Vec and fastText write them"
            )
        yield _text_row(first, f"{path}:1", width)
        yield from _text_rows(stream, path, width, 2, show)
        return
    count, width = map(int, header.groups())
    second = stream.peek(4096)[:4096]  # type: ignore[attr-defined]
    numbers = second.partition(b"\n")[0].partition(b" ")[2]
    if numbers and set(numbers) <= _NUMBERS:
        rows = _text_rows(stream, path, width, 2, show)
    else:
        rows = _binary_rows(stream, path, count, width, show)
    found = 0
    for row in rows:
        found += 1
        yield row
    if found != count:
        raise errors.UserError(
            f"{path} has {found:,} vectors, its first line says {count:,}: is "
            "the download complete?"
        )


def _text_rows(
    stream: BinaryIO,
    path: pathlib.Path,
    width: int,
    first: int,
    show: Callable[[], None],
) -> Iterator[_Row]:
    for number, line in enumerate(stream, first):
        if number % _LINES == 0:
            show()
        yield _text_row(line, f"{path}:{number}", width)


def _text_row(line: bytes, place: str, width: int) -> _Row:
    """The word of a line; words may hold blanks, as some of GloVe do."""
    line = line.rstrip(b" \r\n")
    if line.count(b" ") == width:
        word, _, numbers = line.partition(b" ")
    else:
        word, *rest = line.rsplit(b" ", width)
        if len(rest) != width:
            raise errors.UserError(
                f"{place}: got {len(rest)} numbers after {_shown(word)}, "
                f"wanted {width}: is the download complete?"
            )
        numbers = b" ".join(rest)

    def vector() -> np.ndarray:
        try:
            return _finite(np.float32(numbers.split()), place, word)
        except ValueError as error:
            raise errors.UserError(
                f"{place}: numbers of {_shown(word)}: {error}"
            ) from error

    return _Row(word, place, vector)


def _binary_rows(
    stream: BinaryIO,
    path: pathlib.Path,
    count: int,
    width: int,
    show: Callable[[], None],
) -> Iterator[_Row]:
    for number in range(1, count + 1):
        if number % _LINES == 0:
            show()
        word = _binary_word(stream)
        data = stream.read(4 * width)
        place = f"{path}, vector {number:,} of {count:,}"
        if len(data) < 4 * width:
            raise errors.UserError(
                f"{place}: got {len(data)} bytes after {_shown(word)}, wanted "
                f"{4 * width}: is the download complete?"
            )
        yield _binary_row(word, place, data)


def _binary_word(stream: BinaryIO) -> bytes:
    """The word up to its blank; some files have a new line before it."""
    word = bytearray()
    while (character := stream.read(1)) not in (b" ", b""):
        word += character
    return bytes(word.lstrip(b"\n"))


def _binary_row(word: bytes, place: str, data: bytes) -> _Row:
    return _Row(
        word, place, lambda: _finite(np.frombuffer(data, "<f4"), place, word)
    )


def _finite(vector: np.ndarray, place: str, word: bytes) -> np.ndarray:
    if not np.all(np.isfinite(vector)):
        raise errors.UserError(
            f"{place}: the vector of {_shown(word)} is not finite: is the "
            "download complete?"
        )
    return vector


def _shown(word: bytes) -> str:
    return repr(word[:40].decode("utf-8", "replace"))

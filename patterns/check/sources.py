"""Where manifests come from: files, folders and standard input, as the text of one document after another.

A file is read line by line and is never in memory as a whole.
"""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: bytes of one document; the API server takes no request over 3 MiB
MAX_DOCUMENT_BYTES = 16 * 2**20
_MANIFESTS = frozenset({".yaml", ".yml", ".json"})
_BLANK = b" \t\r\n"


class Unreadable(Exception):
    """A file, or a document of it, that cannot be read at all."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.line = line


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is to be checked.

    Args:
        name: as it stands in messages; ``-`` for standard input.
        path: of the file.
        asked: whether it was named itself, and not found in a folder.
    """

    name: str
    path: Path
    asked: bool


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a source.

    Args:
        line: how many lines come before it.
        offset, size: where its bytes are in the file.
        content: the bytes.
    """

    line: int
    offset: int
    size: int
    content: bytes


@contextmanager
def spooled(stream: BinaryIO) -> Iterator[Source]:
    """Standard input as a file, so that it can be read again where a finding is."""
    # what it imports in turn takes a fifteenth of the checker's start
    import tempfile

    with tempfile.TemporaryDirectory(prefix="patterns-check-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as file:
            while block := stream.read(2**20):
                file.write(block)
        yield Source("-", path, True)


def sources(names: Sequence[str]) -> Iterator[Source]:
    """The files of the names: itself, or every manifest below a folder, sorted by name.

    Raises:
        Unreadable: for a name that is no file and no folder.
    """
    for name in names:
        path = Path(name)
        if path.is_dir():
            yield from _below(name)
        elif path.exists():
            yield Source(name, path, True)
        else:
            raise Unreadable(f"{name}: there is no such file or folder")


def _below(folder: str) -> Iterator[Source]:
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            found = Path(above, file)
            if found.suffix.lower() in _MANIFESTS:
                yield Source(str(found), found, False)


def texts(source: Source) -> Iterator[Text]:
    """The documents of a file, cut at lines that begin with ``---`` as kubectl cuts them.

    Raises:
        Unreadable: when the file cannot be opened, or a document is larger than any that a cluster takes.
    """
    try:
        with source.path.open("rb") as file:
            yield from _cut(_utf8(file))
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from None


def mentions(source: Source, word: bytes) -> bool:
    """Whether the bytes stand anywhere in the file, in UTF-8."""
    before = b""
    try:
        with source.path.open("rb") as file:
            while block := file.read(2**20):
                if word in before + block:
                    return True
                before = block[-len(word) :]
    except OSError:
        # it is told when the file is judged
        return False
    return False


def _utf8(file: BinaryIO) -> Iterable[bytes]:
    """Lines in UTF-8, each at most a little longer than a document may be."""
    mark = file.read(4)
    file.seek(0)
    if mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = file.read(MAX_DOCUMENT_BYTES + 1)
        if len(data) > MAX_DOCUMENT_BYTES:
            raise Unreadable(f"a file in UTF-16 must be at most {MAX_DOCUMENT_BYTES} bytes")
        try:
            return io.BytesIO(data.decode("utf-16").encode())
        except UnicodeError as error:
            raise Unreadable(f"must be text in UTF-16: {error}") from None
    return iter(lambda: file.readline(MAX_DOCUMENT_BYTES + 1), b"")


def _cut(lines: Iterable[bytes]) -> Iterator[Text]:
    first, start = 0, 0
    number = offset = size = 0
    held: list[bytes] = []
    content = explicit = False
    for line in lines:
        here = offset
        offset += len(line)
        number += 1
        if line.startswith(b"---"):
            if content or explicit:
                yield Text(first, start, size, b"".join(held))
            # what follows the dashes belongs to the document: kubectl refuses it, and so does the reader
            rest = line[3:].strip(_BLANK)
            odd = bool(rest) and not rest.startswith(b"#")
            held, size, content, explicit = ([line], len(line), True, True) if odd else ([], 0, False, True)
            first, start = (number - 1, here) if odd else (number, offset)
            continue
        held.append(line)
        size += len(line)
        if size > MAX_DOCUMENT_BYTES:
            raise Unreadable(f"a document must be at most {MAX_DOCUMENT_BYTES} bytes", first + 1)
        if not content:
            # a comment before the first line of dashes is a document to kubectl, though an empty one
            content = bool(line.strip(codecs.BOM_UTF8 + _BLANK))
    if content or explicit:
        yield Text(first, start, size, b"".join(held))


def content_of(source: Source, offset: int, size: int) -> bytes:
    """A document once more, from a file in UTF-8."""
    with source.path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            file.seek(0)
            return file.read(MAX_DOCUMENT_BYTES).decode("utf-16").encode()[offset : offset + size]
        file.seek(offset)
        return file.read(size)

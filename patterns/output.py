"""Writes the output directory: everything, or nothing.

A list in the directory, ``.patterns``, says which files are ours, with a hash of what was written. A file that is
listed, unchanged, and no longer made is removed. A listed file that somebody changed by hand stays when it is no longer
made, and so does every file that is not listed; where a chart writes to a name, though, the name is the chart's.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from patterns.errors import PatternError

#: what is ours in the output directory
LIST = ".patterns"


class NotWritten(PatternError, OSError):
    """The output directory is as it was; an ``OSError`` as under plain cdk8s."""


def write(directory: Path, files: Mapping[str, str], folders: Iterable[str] = ()) -> list[str]:
    """Make the directory hold the files.

    Texts are staged beside their places first; on any error, every file is put back as it was.

    Args:
        directory: the output directory, made where it is not there.
        files: text by path below the directory.
        folders: directories that are made even where no file is in them.

    Returns:
        The paths of the files that were written or removed.

    Raises:
        NotWritten: with what stands in the way.
    """
    folders = list(folders)
    try:
        return _write(directory, files, folders)
    except OSError as error:
        reason = _obstacle(directory, [*files, LIST], folders)
        if not reason:
            reason = f"{error.strerror or error}, for {str(error.filename2 or error.filename)!r}"
        told = NotWritten(f"App: the output directory {str(directory)!r} was not written: {reason}")
        told.errno = error.errno
        raise told from None


def _obstacle(directory: Path, files: Iterable[str], folders: Iterable[str]) -> str:
    """What stands where a file or a directory has to be; empty where it is something else, such as a full disk."""
    wanted = {directory, *(directory / name for name in folders), *((directory / name).parent for name in files)}
    for path in sorted({above for folder in wanted for above in (folder, *folder.parents)}):
        if os.path.lexists(path) and not os.path.isdir(path):  # noqa: PTH112  # a Path raises
            return f"{str(path)!r} is no directory, and must be one; move it away, or choose another outdir"
    for path in (directory / name for name in files):
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114  # a Path raises
            return f"{str(path)!r} is a directory, and must be a file; move it away, or choose another outdir"
    return ""


def _write(directory: Path, files: Mapping[str, str], folders: Iterable[str]) -> list[str]:
    directory.mkdir(parents=True, exist_ok=True)
    before = _read_list(directory)
    # encoded twice, which is quick: the bytes of a large app need not all be there at one time
    wanted = {**files}
    hashes = {name: sha256(text.encode()).hexdigest() for name, text in files.items()}
    stale = [name for name in before if name not in wanted and _hash(directory / name) == before[name]]
    there = {path.name for path in directory.iterdir()}
    changed = [
        name for name in wanted if name.partition("/")[0] not in there or _hash(directory / name) != hashes[name]
    ]
    if wanted or before:
        wanted[LIST] = json.dumps(hashes, indent=2, sort_keys=True) + "\n"
    staging = Path(tempfile.mkdtemp(prefix=f"{LIST}-", dir=directory))
    moves = _Moves(staging / "old")
    try:
        for at, name in enumerate(changed):
            (staging / str(at)).write_bytes(wanted[name].encode())
        for name in folders:
            moves.make(directory / name)
        for at, name in enumerate(changed):
            moves.put(staging / str(at), directory / name)
        for name in stale:
            moves.away(directory / name)
        if LIST in wanted and before != hashes:
            (staging / "list").write_bytes(wanted[LIST].encode())
            moves.put(staging / "list", directory / LIST)
    except BaseException:
        moves.undo()
        raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    for name in stale:
        _remove_empty(directory, (directory / name).parent)
    return [*changed, *stale]


class _Moves:
    """Renames that can be taken back."""

    def __init__(self, old: Path) -> None:
        self.old = old
        self.done: list[tuple[Path | None, Path]] = []
        self.made: list[Path] = []
        self.there: set[Path] = set()

    def put(self, source: Path, target: Path) -> None:
        """Give the file its name; what had the name before is kept until the end."""
        if target.parent not in self.there:
            self.make(target.parent)
            self.there.add(target.parent)
        kept = self._keep(target) if os.path.lexists(target) else None
        self.done.append((kept, target))
        source.replace(target)

    def make(self, folder: Path) -> None:
        """Make a directory, and those above it, where they are not there."""
        if not folder.is_dir():
            self.make(folder.parent)
            folder.mkdir()
            self.made.append(folder)

    def away(self, target: Path) -> None:
        """Take the file away."""
        self.done.append((self._keep(target), target))

    def undo(self) -> None:
        """Give every name its old file again."""
        for kept, target in reversed(self.done):
            if kept is None:
                # what has a name that the system refuses is not there either
                with suppress(OSError):
                    target.unlink(missing_ok=True)
            elif kept.exists():
                kept.replace(target)
        for folder in reversed(self.made):
            folder.rmdir()

    def _keep(self, target: Path) -> Path:
        if target.is_dir() and not target.is_symlink():
            raise IsADirectoryError(f"a directory has the name of a file that is to be written: {target}")
        self.old.mkdir(exist_ok=True)
        kept = self.old / str(len(self.done))
        # a hard link would leave no moment without the file, but not every file system has them
        target.replace(kept)
        return kept


def _read_list(directory: Path) -> dict[str, str]:
    try:
        found = json.loads((directory / LIST).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    # a list that was tampered with must not reach out of its directory
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, str) and not Path(name).is_absolute() and ".." not in Path(name).parts
    }


def _hash(path: Path) -> str | None:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _remove_empty(directory: Path, folder: Path) -> None:
    while folder != directory:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent

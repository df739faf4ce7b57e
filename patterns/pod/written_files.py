"""Which files of the pod's volumes are written by whom before the application starts: the last writer would win."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from posixpath import normpath
from typing import NamedTuple

from patterns.errors import Conflict


class Written(NamedTuple):
    """A file of a volume: what tells its content, and who brings it."""

    content: str
    by: object


#: by the volume's name, and the path in it
WrittenFiles = Mapping[str, Mapping[str, Written]]


def with_files(before: WrittenFiles, added: Mapping[str, Mapping[str, str]], by: object) -> WrittenFiles:
    """All files, once no two writers meet. The same content twice is no conflict: the order changes nothing then.

    Raises:
        Conflict: for two contents of one path, and for a file where another one needs a directory; both are named.
    """
    if not added:
        return before
    result = dict(before)
    for volume, files in added.items():
        known = dict(result.get(volume, {}))
        below = {above: path for path in known for above in _directories(path)}
        for written, content in files.items():
            path = normpath(written)
            same = known.get(path)
            if same is not None and same.content != content:
                raise Conflict(
                    f"file {path!r} of volume {volume!r} is written by {same.by}, and {by} writes another one there; "
                    "the one that runs last would win: leave it to one of them, or give one another path or sub_path"
                )
            if path in below:
                raise Conflict(
                    f"{path!r} of volume {volume!r} is a directory of {known[below[path]].by}, which writes "
                    f"{below[path]!r}, and {by} writes a file there; give one of them another path"
                )
            for above in _directories(path):
                if above in known:
                    raise Conflict(
                        f"{above!r} of volume {volume!r} is a file of {known[above].by}, and {by} needs a directory "
                        f"there for {path!r}; give one of them another path"
                    )
            if same is None:
                known[path] = Written(content, by)
                below.update((above, path) for above in _directories(path))
        result[volume] = known
    return result


def _directories(path: str) -> Iterator[str]:
    above = path.rpartition("/")[0]
    while above:
        yield above
        above = above.rpartition("/")[0]

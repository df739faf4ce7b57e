"""The rules for paths in a container, and for the modes of files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from patterns.errors import InvalidValue, WrongType
from patterns.model.names import control_characters

#: plain numbers that look like octal modes; as numbers they are legal or nearly so, and mean another mode
_LOOK_ALIKES = frozenset({400, 440, 444, 500, 550, 555, 600, 640, 644, 660, 664, 700, 750, 755, 775, 777})


class FileMode(int):
    """Permission bits of a file: ``0o440`` or ``"0440"``.

    JSON has no octal numbers, so 440 is a legal mode and means 0o670: numbers that look like octal are refused.
    https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/volume/

    Raises:
        InvalidValue: over 0o777, for text that is not octal, and for a decimal look-alike.
    """

    def __new__(cls, value: int | str) -> FileMode:
        if isinstance(value, FileMode):
            return value
        return super().__new__(cls, _mode(value))

    def __repr__(self) -> str:
        return f"FileMode('0{int(self):03o}')"

    def __reduce__(self) -> tuple[type[FileMode], tuple[str]]:
        return FileMode, (f"0{int(self):03o}",)


def file_mode(value: int | str | None, what: str) -> FileMode | None:
    """The mode that an option gives, with the option's name in an error."""
    if value is None:
        return None
    try:
        return FileMode(value)
    except InvalidValue as error:
        problem = error.message
    raise InvalidValue(problem.replace("mode", what, 1))


def _mode(value: int | str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise WrongType(f"mode must be an int such as 0o440, got {type(value).__name__} {value!r}")
    if isinstance(value, str):
        digits = value[2:] if value[:2] in ("0o", "0O") else value[1:] if value[:1] == "0" else ""
        if not digits or set(digits) - set("01234567"):
            plain = not set(value) - set("01234567") and len(value) == 3
            hint = f'; write "0{value}"' if plain else ""
            raise InvalidValue(f'mode must be octal text such as "0440", got {value!r}{hint}')
        mode = int(digits, 8)
    else:
        mode = value
        if mode in _LOOK_ALIKES:
            raise InvalidValue(f'mode must be octal, got {mode}, which means 0o{mode:o}; write 0o{mode} or "0{mode}"')
    if not 0 <= mode <= 0o777:
        raise InvalidValue(f"mode must be 0o000-0o777, got {value if isinstance(value, str) else oct(mode)}")
    return mode


def normalised_path(path: str) -> str:
    """The path as a kubelet takes it: joined to ``/`` and cleaned, so that ``/d/``, ``//d`` and ``d`` are ``/d``."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def absolute_path(value: str, what: str = "mount_path") -> None:
    """An absolute path that says where it is: the kubelet joins and cleans the others, which may then meet."""
    if not value:
        raise InvalidValue(f"{what} must be an absolute path, got ''")
    if not value.startswith("/"):
        _refuse(value, what, "an absolute path", normalised_path(value))
    if control_characters(value):
        _refuse(value, what, "a path without control characters")
    if ":" in value:
        _refuse(value, what, "a path without ':', which container runtimes read as a separator")
    if ".." in value.split("/"):
        _refuse(value, what, "a path without '..'", normalised_path(value))
    if "//" in value:
        _refuse(value, what, "a path without '//'", normalised_path(value))


def relative_path(value: str, what: str, *, reserved: bool = False) -> None:
    """A path below a volume: relative, and never out of it.

    ``reserved`` is for files that a kubelet writes: names that begin with two dots are its own.
    """
    if not value:
        raise InvalidValue(f"{what} must be a relative path, got ''")
    if value.startswith("/"):
        _refuse(value, what, "a relative path", value.lstrip("/"))
    if ".." in value.split("/"):
        _refuse(value, what, "a path without '..'")
    if reserved and normalised_path(value) == "/":
        _refuse(value, what, "the path of a file")
    if reserved and value.startswith(".."):
        _refuse(value, what, "a path without '..' at its beginning, which a kubelet keeps for itself")
    if control_characters(value):
        _refuse(value, what, "a path without control characters")


def check_files(files: Iterable[tuple[str, str]]) -> None:
    """The files of one volume, as who writes each and its path: no two are one file, and none is below another.

    The server compares paths letter by letter; the kubelet cleans them, and cannot write a file where a directory is.
    """
    written: dict[str, tuple[str, str]] = {}
    directories: dict[str, tuple[str, str]] = {}
    for who, path in files:
        place = normalised_path(path)
        above = [place[:end] for end, letter in enumerate(place) if letter == "/" and end]
        first, spelled = written.get(place, ("", ""))
        if first == who:
            raise InvalidValue(f"{who} must have each path once, got {path!r} twice")
        if first:
            raise InvalidValue(f"{who} writes {path!r}, which {first} writes already; give it another path")
        first, spelled = directories.get(place) or next((written[one] for one in above if one in written), ("", ""))
        if first:
            beside = repr(spelled) if first == who else f"{spelled!r} of {first}"
            raise InvalidValue(
                f"{who} must not have {path!r} beside {beside}, since one would be a file and a directory; "
                "give it another path"
            )
        written[place] = who, path
        directories.update(dict.fromkeys(above, (who, path)))


def _refuse(value: str, what: str, rule: str, better: str = "") -> NoReturn:
    raise InvalidValue(f"{what} must be {rule}, got {value!r}{f'; write {better!r}' if better else ''}")

"""Files that are known when the app is synthesized: their paths, their size, and the keys of a ConfigMap for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from posixpath import normpath
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

from patterns.errors import InvalidValue
from patterns.model import Volume
from patterns.model.frozen import encodable
from patterns.model.names import name_beside
from patterns.model.paths import relative_path
from patterns.model.secrets import is_secret_value
from patterns.objects.config_map import MAX_BYTES, ConfigMap

if TYPE_CHECKING:
    from patterns.pattern import Pattern

#: what Linux gives a name in a directory, in bytes: https://man7.org/linux/man-pages/man3/fpathconf.3.html
_MAX_NAME = 255
#: what Kubernetes gives a key
_MAX_KEY = 253
#: longer than a whole key in one line of JSON; the patterns for secrets are slow on what a minifier writes
_MAX_SECRET_LINE = 4000


def checked_files(files: Mapping[str, str | bytes], option: str = "files") -> dict[str, bytes]:
    """The contents by path, in order, once everything is as it should be.

    Raises:
        InvalidValue: for no file, a bad path, or more than a ConfigMap holds.
    """
    contents = {path: content.encode() if isinstance(content, str) else content for path, content in files.items()}
    if not contents:
        raise InvalidValue(
            f'{option} must hold at least one file, such as {option}={{"index.html": "<h1>Shop</h1>\\n"}}'
        )
    check_paths(contents, option)
    check_size({path: len(content) for path, content in contents.items()})
    return contents


def check_paths(paths: Iterable[str], option: str = "files") -> None:
    """Every path names one file below the volume, and no two meet.

    Raises:
        InvalidValue: with the path.
    """
    known: dict[str, str] = {}
    for path in paths:
        what = f"{option}[{path!r}]"
        relative_path(path, what, reserved=True)
        if normpath(path) != path:
            raise InvalidValue(f"{what} must be the plain path of a file; write {normpath(path)!r}")
        if not encodable(path) or any(len(part.encode()) > _MAX_NAME for part in path.split("/")):
            raise InvalidValue(f"{what} must be UTF-8 with at most {_MAX_NAME} bytes between slashes")
        same = known.setdefault(normalize("NFC", path), path)
        if same != path:
            raise InvalidValue(f"{what} and another path differ only in how Unicode spells a letter; keep one of them")
    files = set(known.values())
    for path in known.values():
        above = path.rpartition("/")[0]
        while above:
            if above in files:
                raise InvalidValue(f"{option}[{above!r}] is a file, and {option}[{path!r}] needs a directory there")
            above = above.rpartition("/")[0]


def check_size(sizes: Mapping[str, int]) -> None:
    """Raises: InvalidValue for more than a ConfigMap holds.

    https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
    """
    total = sum(min(len(path), _MAX_KEY) + size for path, size in sizes.items())
    if total > MAX_BYTES:
        largest = max(sizes, key=lambda path: sizes[path])
        raise InvalidValue(
            f"files must be at most {MAX_BYTES} bytes in all, which is what a ConfigMap holds, got {total} (the "
            f"largest is {largest!r} with {sizes[largest]}); put them into an image, "
            'files=FromImage("<image>", "<directory>"), or into several seeders'
        )


#: what to write instead of a secret in the text, by the option that holds it
_INSTEAD = {
    "files": 'put the file into a Secret and write files=FromSecret("<Secret>")',
    "templates": 'put it into a Secret and write values={"NAME": SecretKey("<Secret>", "<key>")}',
    "scripts": 'put it into a Secret, write env={"NAME": SecretKey("<Secret>", "<key>")}, and let the script read it',
}


def check_secrets(
    contents: Mapping[str, bytes],
    not_secret: str | None = None,
    option: Literal["files", "templates", "scripts"] = "files",
) -> None:
    """Raises: InvalidValue for a private key, a token, or an address with a password, unless there is a reason."""
    if not_secret is not None:
        if not not_secret.strip():
            one = option.removesuffix("s")
            raise InvalidValue(f"not_secret must give the reason why no {one} is a secret, got ''")
        return
    for path, content in contents.items():
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            found = is_secret_value(line) if len(line) <= _MAX_SECRET_LINE else ""
            if found:
                raise InvalidValue(
                    f"{option}[{path!r}] holds {found} in line {number}, and would stand in the rendered YAML; "
                    f'{_INSTEAD[option]}, or give not_secret="<reason>" where it is none'
                )


def keys_of(paths: Iterable[str]) -> dict[str, str]:
    """A key of a ConfigMap for every path, which has no slash and is the path itself where that is a key."""
    listed = list(paths)
    result = {path: path for path in listed if re.fullmatch(rf"[-._a-zA-Z0-9]{{1,{_MAX_KEY}}}", path)}
    taken = set(result)
    for path in sorted(set(listed) - taken):
        readable = re.sub(r"[^-._a-zA-Z0-9]", "_", path)
        key, salt = readable, path
        while key in taken or len(key) > _MAX_KEY:
            salt = sha256(salt.encode()).hexdigest()[:8]
            key = f"{readable[: _MAX_KEY - 9]}-{salt}"
        taken.add(key)
        result[path] = key
    return {path: result[path] for path in listed}


def config_map_volume(
    pattern: Pattern, name: str, option: Literal["files", "templates"], contents: Mapping[str, bytes]
) -> Volume:
    """A volume with the files, from a ConfigMap below the pattern that is named after its content.

    Args:
        pattern: whose container mounts it.
        name: of the container.
        option: what holds the files; the end of both names.
        contents: by path.
    """
    keys = keys_of(contents)
    data = {keys[path]: content for path, content in contents.items()}
    config = ConfigMap(pattern, option, data=data, hash_in_name=True, namespace=pattern.workload.namespace)
    items = {} if list(keys) == list(data) else {key: path for path, key in keys.items()}
    return Volume.config_map(name_beside(name, option), config.name, items=items)

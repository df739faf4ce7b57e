"""What a download is, checked: its address, its name, its size, and what curl needs besides."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey, VolumeMount
from patterns.model.names import process_text
from patterns.model.quantity import quantity
from patterns.model.value import Value, dataclass
from patterns.pod.key_files import key_file_mounts
from patterns.pod.room import size_limit_of

#: where curl's files are mounted
FILES = "/download-files"
_EXAMPLE = "https://models.example.com/model-1.2.bin"
#: seen with busybox 1.35: what `unzip -l` and `unzip -v` show as a file may be a link, and `unzip` makes it
_NO_ZIP = (
    "; busybox's unzip does not tell links from files before it makes them: repack it, 'unzip a.zip -d a && tar -czf "
    "a.tar.gz -C a .', or download it as it is and unpack it in a container of your own"
)


def checked_url(url: str, allow_plaintext: str | None) -> None:
    """Raises: InvalidValue for an address that is none, is not https without a reason, or holds a password."""
    process_text(url, "url")
    if allow_plaintext is not None and not allow_plaintext.strip():
        raise InvalidValue("allow_plaintext must give the reason why http:// will do, got ''")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidValue(f"url must be such as {_EXAMPLE!r}, got {url!r}: {error}") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0 or " " in url:
        raise InvalidValue(f"url must be such as {_EXAMPLE!r}, got {url!r}")
    if parts.scheme == "http" and allow_plaintext is None:
        raise InvalidValue(
            f"url must begin with https://, got {url!r}; where that will do, say why: allow_plaintext='...'"
        )
    if parts.username is not None:
        raise InvalidValue("url must hold no user and password, which everybody reads; write header=SecretKey(...)")


def file_name(file: str | None, url: str) -> str:
    """The name of the file.

    Raises:
        InvalidValue: for a path, or where the address has no last part.
    """
    name = unquote(urlsplit(url).path).rpartition("/")[2] if file is None else file
    if not name:
        raise InvalidValue(f"file must be given, since {url!r} has no last part")
    process_text(name, "file")
    if name in (".", "..") or "/" in name or len(name.encode()) > 200 or "\n" in name:
        raise InvalidValue(
            f"file must be a name without a directory, of at most 200 bytes, got {name!r}; the directory is the "
            "sub_path of into"
        )
    return name


def checked_packing(extract: str | None) -> str:
    """What the script is told of it.

    Raises:
        InvalidValue: for an archive of another kind.
    """
    if extract not in (None, "tar", "tar.gz"):
        raise InvalidValue(f"extract must be 'tar' or 'tar.gz', got {extract!r}{_NO_ZIP if extract == 'zip' else ''}")
    return extract or "file"


def most_bytes(max_size: str | None, into: VolumeMount) -> int:
    """The most bytes that may be written, 0 for no limit.

    Raises:
        InvalidValue: for more than the volume holds.
    """
    room = size_limit_of(into)
    if max_size is None:
        return 0 if room is None else int(quantity(room, "size_limit"))
    size = quantity(max_size, "max_size")
    if int(size) < 1:
        raise InvalidValue(f"max_size must be over 0, got {max_size}")
    if room is not None and size > quantity(room, "size_limit"):
        raise InvalidValue(f"max_size must be at most the volume's size_limit {room}, got {max_size}")
    return int(size)


@dataclass(frozen=True, kw_only=True)
class CurlFiles(Value):
    """What curl reads from files: nothing secret is in its arguments."""

    header: SecretKey | None
    ca: SecretKey | ConfigMapKey | None

    def options(self) -> list[str]:
        """Of curl: https://curl.se/docs/manpage.html"""
        return [
            *(["--header", f"@{FILES}/header"] if self.header else []),
            *(["--cacert", f"{FILES}/ca.crt"] if self.ca else []),
        ]

    def mounts(self, volume_name: str, mount_path: str) -> Sequence[VolumeMount]:
        """The volume that holds them, where there are any."""
        named = {"header": self.header, "ca.crt": self.ca}
        return key_file_mounts(volume_name, {name: key for name, key in named.items() if key is not None}, mount_path)

"""Where backups go: an address that stands in the manifest."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from patterns.errors import InvalidValue


def address_parts(address: str, what: str) -> SplitResult:
    """The parts of an address in the form of a URL, whatever stands for its port.

    Args:
        address: as it was given.
        what: the option that it came in.

    Raises:
        InvalidValue: for one that is none, or that holds a password or options.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        raise InvalidValue(f"{what} must be an address, got {address!r}") from None
    if parts.password is not None or parts.query:
        raise InvalidValue(f"{what} must hold no password and no options, which everybody reads")
    return parts

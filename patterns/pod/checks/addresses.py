"""What the server says of addresses in fields that are older than its strictness."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

#: the version from which an address is what every program reads in it
_STRICT = 36


def address_problem(text: str, target: int) -> str:
    """Why the server of a version takes the text for no address; empty when it takes it."""
    address = _parsed(text)
    if address is None:
        return "must be an address"
    if target >= _STRICT:
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            return f"must be an address of IPv4, such as {address.ipv4_mapped}, or one of IPv6"
        if _parsed(text, sloppy=False) is None:
            return "must have no leading zeros"
    return ""


def usual_address(text: str) -> str:
    """The one way in which everybody writes this address."""
    address = _parsed(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def _parsed(text: str, *, sloppy: bool = True) -> object:
    try:
        plain = ".".join(part.lstrip("0") or "0" for part in text.split(".")) if sloppy and "." in text else text
        return None if "%" in text else ip_address(plain)
    except ValueError:
        return None

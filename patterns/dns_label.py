"""The names that cdk8s generates from a construct's path: ``cdk8s.Names.toDnsLabel``, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha1, sha256

_HASH_LENGTH = 8
_LEFT_AS_IT_IS = re.compile(r"[0-9a-z-]+")
_REMOVED = re.compile(r"[^0-9a-zA-Z\-_.]")


def dns_label(
    path: str,
    *,
    ids: Sequence[str],
    extra: Sequence[str] = (),
    max_len: int = 63,
    include_hash: bool = True,
    delimiter: str = "-",
    legacy_hash: bool = False,
) -> str:
    """A unique and stable name of at most ``max_len`` characters; the last parts of the path win where it is longer.

    Args:
        path: of the construct.
        ids: of all constructs from the root, which is hashed with its empty id, down to this one.
        extra: parts that come after the path.
        include_hash: whether a hash of the ids comes last.
        delimiter: what stands between the parts.
        legacy_hash: hash the path instead, as ``CDK8S_LEGACY_HASH`` asks for.

    Raises:
        ValueError: when ``max_len`` leaves no room for the hash.
    """
    if max_len < _HASH_LENGTH and include_hash:
        raise ValueError(f"max_len must be at least {_HASH_LENGTH}, which the hash takes, got {max_len}")
    parts = [*path.split("/"), *extra]
    if len(parts) == 1 and _LEFT_AS_IT_IS.fullmatch(parts[0]) and len(parts[0]) <= max_len:
        return parts[0]
    parts = [_REMOVED.sub("", part.lower())[: max(max_len, 0)] for part in parts]
    if include_hash:
        parts.append(sha256(path.encode()).hexdigest()[:_HASH_LENGTH] if legacy_hash else address(ids)[:_HASH_LENGTH])
    parts.reverse()
    # neighbours of one name are written once
    apart = [part for at, part in enumerate(parts) if at == 0 or part != parts[at - 1]]
    joined = "/".join(apart)
    kept = [part for part in reversed(joined[:max_len].split("/")) if part]
    whole = delimiter.join(kept)
    pieces = whole.split(delimiter) if delimiter else list(whole)
    # cdk8s leaves out the ids of default children
    return delimiter.join(piece for piece in pieces if piece and piece.lower() not in ("resource", "default"))


def address(ids: Sequence[str]) -> str:
    """``construct.node.addr``: a hash of the ids from the root down, but those of default children."""
    hashed = "".join([f"{id}\n" for id in ids if id != "Default"])
    return "c8" + sha1(hashed.encode()).hexdigest()  # an address, not a signature

"""What a URL says, and whether it leads to the pod itself."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

#: names of what the containers of a pod share
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def url_parts(url: str) -> SplitResult | None:
    """The parts of a URL; ``None`` where it is none, as with a port that is no number."""
    try:
        parts = urlsplit(url)
        # it is read when it is asked for
        _ = parts.port
    except ValueError:
        return None
    return parts

"""References of container images. Grammar: https://pkg.go.dev/github.com/distribution/reference"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from patterns.errors import InvalidValue, WrongType
from patterns.model.calls import checked

_HOST_PART = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"


class ImageReference(NamedTuple):
    """The parts of a reference; those that are not given are empty."""

    registry: str
    repository: str
    tag: str
    digest: str


@checked
def image_reference(image: str, what: str = "image") -> ImageReference:
    """The parts of a reference such as ``registry.example.com:5000/shop/web:1.4.2``.

    Raises:
        InvalidValue: for a reference that no container runtime can pull. Kubernetes itself does not look.
        WrongType: for what is no string.
    """
    return reference_of(image, what)


def reference_of(image: str, what: str = "image") -> ImageReference:
    """`image_reference`, for what speaks itself.

    Raises:
        InvalidValue: for a reference that no container runtime can pull. Kubernetes itself does not look.
        WrongType: for what is no string.
    """
    if not isinstance(image, str):
        raise WrongType(f"{what} must be a str, got {type(image).__name__}")
    return _reference(image, what)


@lru_cache(maxsize=1024)
def _reference(image: str, what: str) -> ImageReference:
    # the same few images come again and again
    if not image:
        raise InvalidValue(f"{what} must not be empty; write one such as 'registry.example.com/shop/web:1.4.2'")
    if image.split() != [image]:
        near = "".join(image.split())
        raise InvalidValue(f"{what} must hold no whitespace, got {image!r}; write {near!r}")
    if "://" in image:
        near = image.split("://", 1)[1]
        raise InvalidValue(f"{what} must have no scheme, got {image!r}; write {near!r}")
    name, at, digest = image.partition("@")
    if at and not re.fullmatch("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}", digest):
        raise InvalidValue(
            f"{what} must end in '@sha256:' and 64 digits of lower-case hex, or in '@sha512:' and 128, where it has a "
            f"'@', got {image!r}"
        )
    rest, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        rest, tag, colon = name, "", ""
    if colon and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", tag):
        raise InvalidValue(f"{what} must have a tag of at most 128 letters, digits, '_', '.' and '-', got {image!r}")
    registry, slash, path = rest.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost" or registry != registry.lower()):
        registry, path = "", rest
    if registry and not re.fullmatch(_DOMAIN, registry):
        raise InvalidValue(f"{what} must begin with a registry such as 'registry.example.com:5000', got {image!r}")
    if not re.fullmatch(f"{_COMPONENT}(?:/{_COMPONENT})*", path):
        near = image.replace(path, path.lower(), 1)
        legal = path.isascii() and re.fullmatch(f"{_COMPONENT}(?:/{_COMPONENT})*", path.lower())
        hint = f"; write {near!r}" if legal else ""
        raise InvalidValue(
            f"{what} must have a path of lower-case letters, digits, '.', '_' and '-' between slashes, "
            f"got {image!r}{hint}"
        )
    if len(rest) > 255:
        raise InvalidValue(f"{what} must have a name of at most 255 characters, got {len(rest)}")
    return ImageReference(registry, path, tag, digest)

"""The rules for names, paths, keys, ports and ids: each raises with the rule and a way to mend it.

Sources: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and `validation.go` of Kubernetes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from patterns.errors import InvalidValue, WrongType

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_QUALIFIED = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_LABEL_VALUE = re.compile(f"(?:{_QUALIFIED})?")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_CLASSIC_ENV = r"[-._a-zA-Z][-._a-zA-Z0-9]*"
#: tabs and line breaks are text; the others end a string, or come back as something else
_NO_TEXT = r"[\x00-\x08\x0b\x0c\x0e-\x1f]"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"


def dns_label(value: str, what: str = "name") -> None:
    """A DNS-1123 label: what names containers, volumes and namespaces."""
    _text(value, what)
    if len(value) > 63 or not _DNS_LABEL.fullmatch(value):
        raise InvalidValue(
            f"{what} must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, "
            f"a letter or digit at both ends), got {value!r}{_like(value, 63)}"
        )


def name_beside(name: str, what: str) -> str:
    """The label of something that belongs to ``name`` alone: ``<name>-<what>``, with a hash where that is too long."""
    full = f"{name}-{what}"
    if len(full) <= 63:
        return full
    # few names are so long, and OpenSSL takes a twentieth of the import
    from hashlib import sha256

    digest = sha256(name.encode()).hexdigest()[:8]
    return f"{name[: 63 - len(what) - 10].rstrip('-')}-{digest}-{what}"


def dns_subdomain(value: str, what: str = "name") -> None:
    """A DNS-1123 subdomain: labels joined by dots, what names most API objects."""
    _text(value, what)
    if len(value) > 253 or not _SUBDOMAIN.fullmatch(value):
        raise InvalidValue(
            f"{what} must be a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', at most 253, "
            f"a letter or digit at both ends of each part), got {value!r}{_like(value, 253, dots=True)}"
        )


def service_name(value: str, what: str = "name") -> None:
    """A DNS-1035 label: a Service's name; older API servers refuse a leading digit."""
    _text(value, what)
    if len(value) > 63 or not re.fullmatch(r"[a-z](?:[-a-z0-9]*[a-z0-9])?", value):
        raise InvalidValue(
            f"{what} must be a DNS-1035 label (lower-case letters, digits and '-', at most 63, a letter first, "
            f"a letter or digit last), got {value!r}{_like(value, 63, letter_first=True)}"
        )


def label_key(value: str, what: str = "label key") -> None:
    """A label's key: a name of at most 63, after an optional DNS subdomain and a slash."""
    _text(value, what)
    _label_key(value, what)


@lru_cache(maxsize=1024)
def _label_key(value: str, what: str) -> None:
    # the same few keys come with every object
    prefix, slash, name = value.rpartition("/")
    bad_prefix = bool(slash) and (len(prefix) > 253 or not _SUBDOMAIN.fullmatch(prefix))
    if bad_prefix or len(name) > 63 or not re.fullmatch(_QUALIFIED, name):
        raise InvalidValue(
            f"{what} must be a name of at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends, "
            f"after an optional DNS subdomain and '/', got {value!r}"
        )


def annotation_key(value: str, what: str = "annotation key") -> None:
    """An annotation's key: as a label's, compared in lower case by Kubernetes."""
    _text(value, what)
    prefix, slash, name = value.rpartition("/")
    label_key(f"{prefix.lower()}{slash}{name}", what)


def label_value(value: str, what: str = "label value") -> None:
    """A label's value: empty, or at most 63 letters, digits, ``-``, ``_`` and ``.``."""
    _text(value, what)
    if len(value) > 63 or not _LABEL_VALUE.fullmatch(value):
        raise InvalidValue(
            f"{what} must be at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends, "
            f"got {value!r}"
        )


#: bytes of all annotations of an object, keys and values, that the API server takes
MAX_ANNOTATION_BYTES = 262_144


def check_labels(labels: Mapping[str, str], what: str = "labels") -> None:
    """Keys and values of labels, as the API server checks them."""
    for key, value in labels.items():
        label_key(key, f"{what}: key")
        label_value(value, f"{what}[{key!r}]")


def check_annotations(annotations: Mapping[str, str], what: str = "annotations") -> None:
    """Keys of annotations, and the size of them all."""
    for key in annotations:
        annotation_key(key, f"{what}: key")
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > MAX_ANNOTATION_BYTES:
        raise InvalidValue(f"{what} must be at most {MAX_ANNOTATION_BYTES} bytes in all, got {size}")


def config_map_key(value: str, what: str = "key") -> None:
    """A key of a ConfigMap or Secret; a path of directories goes into ``items`` instead."""
    _text(value, what)
    if len(value) > 253 or not _DATA_KEY.fullmatch(value) or value == "." or value.startswith(".."):
        hint = "; a path goes into items={<key>: <path>} of a volume" if "/" in value else ""
        raise InvalidValue(
            f"{what} must be at most 253 letters, digits, '-', '_' and '.', and not '.' or begin with '..', "
            f"got {value!r}{hint}"
        )


def env_name(value: str, what: str = "name", *, classic: bool = False) -> None:
    """A name of an environment variable: a C identifier, as shells read it.

    ``classic`` allows dashes and dots too, which every Kubernetes takes and no shell reads.
    """
    _text(value, what)
    if classic:
        if not re.fullmatch(_CLASSIC_ENV, value) or value in (".", "..") or value.startswith(".."):
            raise InvalidValue(f"{what} must be letters, digits, '-', '_' and '.', no digit first, got {value!r}")
    elif not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        if re.fullmatch(_CLASSIC_ENV, value) and not value.startswith(".."):
            hint = f"; write {re.sub(r'[-.]', '_', value)!r}, or EnvVar(..., classic_name=True) where no shell reads it"
        else:
            near = re.sub(r"[^A-Za-z0-9_]+", "_", value).lstrip("0123456789") if value.isascii() else ""
            hint = _suggestion(near, value)
        raise InvalidValue(
            f"{what} must be a C identifier (letters, digits and '_', no digit first), got {value!r}{hint}"
        )


def port_name(value: str, what: str = "name") -> None:
    """A port's name: at most 15 lower-case letters, digits and dashes, with a letter."""
    _text(value, what)
    if len(value) > 15 or not re.fullmatch(_LABEL, value) or "--" in value or not re.search("[a-z]", value):
        raise InvalidValue(
            f"{what} must be a port name (at most 15 lower-case letters, digits and single '-', with a letter, "
            f"a letter or digit at both ends), got {value!r}{_like(re.sub('-+', '-', value), 15)}"
        )


def port_number(value: int, what: str = "port") -> None:
    """A port: 1-65535."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongType(f"{what} must be an int, got {type(value).__name__} {value!r}")
    if not 1 <= value <= 65535:
        raise InvalidValue(f"{what} must be 1-65535, got {value}")


def port(value: int | str, what: str = "port") -> None:
    """A port by number or by the name that a container gives it."""
    if isinstance(value, str):
        if value.isdecimal():
            raise InvalidValue(f"{what} must be a number or a port name, got {value!r}; write {int(value)}")
        port_name(value, what)
    else:
        port_number(value, what)


def check_host(host: str, port: int | None = None) -> None:
    """Raises: InvalidValue for what is no name or address of a server."""
    if not host or any(letter in host for letter in " /@?#,'\"\\") or host.startswith("-"):
        raise InvalidValue(f"host must be a name or an address, such as 'db' or 'db.shop.svc', got {host!r}")
    process_text(host, "host")
    if port is not None:
        port_number(port, "port")


def whole_number(value: int | None, what: str, least: int = 0, most: int = 2**31 - 1) -> None:
    """A number within its bounds, or ``None``."""
    if value is not None and not least <= value <= most:
        bounds = f"at least {least}" if value < least else f"at most {most}"
        raise InvalidValue(f"{what} must be {bounds}, got {value}")


def numeric_id(value: int | None, what: str) -> None:
    """A user or group id: 0 to 2**31-1, or ``None``."""
    if value is not None and not 0 <= value <= 2**31 - 1:
        raise InvalidValue(f"{what} must be 0-{2**31 - 1}, got {value}")


def process_text(value: str, what: str) -> None:
    """Text for a process: arguments and environment end at a NUL byte, and no one sees other control characters."""
    if "\0" in value:
        raise InvalidValue(f"{what} must not hold a NUL character, which no process can take, got {value!r}")
    if not value.isprintable() and re.search(_NO_TEXT, value):
        raise InvalidValue(
            f"{what} must hold no control characters but tabs and line breaks, got {value!r}; take them out, "
            "or let the program make them"
        )


def control_characters(value: str) -> bool:
    """Whether the text holds characters that no path or name should have."""
    return not value.isprintable() and re.search(_CONTROL, value) is not None


def _text(value: object, what: str) -> None:
    if not isinstance(value, str):
        raise WrongType(f"{what} must be a str, got {type(value).__name__} {value!r}")


def _like(value: str, most: int, *, dots: bool = False, letter_first: bool = False) -> str:
    """A name near to a bad one, where it is an obvious one: ASCII, and nothing cut off."""
    if not value.isascii() or len(value) > most:
        return ""
    near = re.sub(r"[^-a-z0-9.]+" if dots else r"[^-a-z0-9]+", "-", value.lower()).strip("-.")
    if letter_first:
        near = near.lstrip("-0123456789")
    return _suggestion(near, value)


def _suggestion(near: str, value: str) -> str:
    return f"; write {near!r}" if near and near != value else ""

"""Scripts of a ``MigrationInPlace``: their names, their order, and what no script may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from patterns.errors import InvalidValue
from patterns.init_containers.seed_files import check_secrets
from patterns.init_containers.seed_source import FromDirectory
from patterns.model.frozen import encodable
from patterns.model.names import config_map_key
from patterns.objects.config_map import MAX_BYTES

#: bytes of all scripts; the rest of what a ConfigMap holds is for the program
_MAX_SCRIPTS = MAX_BYTES - 64 * 1024


def checked_scripts(
    scripts: Mapping[str, str] | FromDirectory, without_transaction: Sequence[str], not_secret: str | None
) -> dict[str, str]:
    """The scripts in order of their names, once everything is as it should be."""
    texts = _texts(scripts)
    if not texts:
        raise InvalidValue('scripts must hold at least one, such as scripts={"001-notes.sql": "CREATE TABLE ..."}')
    for name, text in texts.items():
        config_map_key(name, f"scripts: name {name!r}")
        if "\0" in text or not encodable(text):
            raise InvalidValue(f"scripts[{name!r}] must be UTF-8 text without a NUL character")
    size = sum(len(text.encode()) for text in texts.values())
    if size > _MAX_SCRIPTS:
        raise InvalidValue(
            f"scripts must be at most {_MAX_SCRIPTS} bytes in all, which is what a ConfigMap holds, got {size}; put "
            "them into an image with a tool of its own, and run that in a Migration"
        )
    check_secrets({name: text.encode() for name, text in texts.items()}, not_secret, "scripts")
    for name in without_transaction:
        if name not in texts:
            raise InvalidValue(f"without_transaction must name scripts, got {name!r}")
    in_order = dict(sorted(texts.items()))
    numbered = [(int(found[0]), name) for name in in_order if (found := re.match(r"\d+", name))]
    for (first, earlier), (second, later) in pairwise(numbered):
        if second < first:
            raise InvalidValue(
                f"scripts: {earlier!r} comes before {later!r}, since names are sorted as text; write all numbers with "
                "as many digits"
            )
    return in_order


def _texts(scripts: Mapping[str, str] | FromDirectory) -> dict[str, str]:
    if not isinstance(scripts, FromDirectory):
        return dict(scripts)
    result = {}
    for name, content in scripts.contents().items():
        try:
            result[name] = content.decode()
        except UnicodeDecodeError:
            raise InvalidValue(f"scripts[{name!r}] must be UTF-8 text; exclude what is no script") from None
    return result

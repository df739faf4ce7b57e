"""What a file of ``FromVault`` holds: one value of a secret, or a template of several."""

from __future__ import annotations

import json
from typing import Literal

from patterns.errors import InvalidValue
from patterns.model.names import process_text
from patterns.model.value import Value, dataclass


@dataclass(frozen=True)
class VaultKey(Value):
    """One value of a secret of Vault's key-value engine, and nothing else in the file.

    Args:
        path: of the secret, as the API has it: ``"kv/data/shop"`` for the secret ``shop`` of version 2 of the engine.
        key: of the value. A secret without it is an error, and not an empty file.
        version: of the engine. https://developer.hashicorp.com/vault/docs/secrets/kv

    Raises:
        InvalidValue: for a path that no secret of that version can have.
    """

    path: str
    key: str
    version: Literal[1, 2] = 2

    def __post_init__(self) -> None:
        process_text(self.path, "path")
        process_text(self.key, "key")
        parts = self.path.split("/")
        if "" in parts or len(parts) < 2:
            raise InvalidValue(f"path must be such as 'kv/data/shop', without a slash in front, got {self.path!r}")
        if self.version == 2 and "data" not in parts[1:]:
            better = "/".join([parts[0], "data", *parts[1:]])
            raise InvalidValue(
                f"path must have 'data' behind the engine's own path, as the API of version 2 has it, got "
                f"{self.path!r}; write {better!r}, or version=1"
            )
        if not self.key:
            raise InvalidValue("key must be given")

    def text(self) -> str:
        """The template; texts stand in it as Go's strings, which are JSON's."""
        path, key = _go(self.path), _go(self.key)
        data = ".Data.data" if self.version == 2 else ".Data"
        missing = _go(f"the secret {self.path} has no key {self.key}")
        return (
            f"{{{{ with secret {path} }}}}{{{{ if sprig_hasKey {data} {key} }}}}{{{{ index {data} {key} }}}}"
            f"{{{{ else }}}}{{{{ sprig_fail {missing} }}}}{{{{ end }}}}{{{{ end }}}}"
        )


@dataclass(frozen=True)
class VaultTemplate(Value):
    """A file of several values, or of a secret that Vault makes, such as a database's login.

    Args:
        template: in the language of Vault's agent: https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent/template

    Raises:
        InvalidValue: for one without an action, which would be no secret.
    """

    template: str

    def __post_init__(self) -> None:
        if "{{" not in self.template:
            raise InvalidValue(
                "template must ask Vault for something, such as '{{ with secret \"kv/data/shop\" }}...{{ end }}'"
            )

    def text(self) -> str:
        """The template as it is."""
        return self.template


def _go(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

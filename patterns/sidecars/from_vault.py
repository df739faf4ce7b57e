"""Secrets of HashiCorp Vault, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping

from patterns.defaults import VAULT_AGENT_RESOURCES, VAULT_IMAGE
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, Json, JsonObject, SecretKey, literal
from patterns.model.calls import checked
from patterns.model.names import process_text, whole_number
from patterns.model.paths import check_files, relative_path
from patterns.model.urls import LOOPBACK, url_parts
from patterns.model.value import Value, dataclass
from patterns.pod.script import script_beside
from patterns.sidecars.config_source import SyncPlace, SyncProgram
from patterns.sidecars.reloading import http_command
from patterns.sidecars.vault_file import VaultKey, VaultTemplate

_CONFIG = "agent.json"
_RENDERED = script_beside(__file__, "rendered.sh")


@dataclass(frozen=True, kw_only=True)
class FromVault(Value):
    """Secrets of Vault, each in a file, and renewed as long as the pod runs.

    By Vault's own agent: https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent. It logs in as the pod's
    ServiceAccount, with a token for Vault alone, keeps its leases, and writes a file anew, whole, when its secret
    changes. The volume has to be in memory, so that no node's disk keeps what was in it:
    ``SharedScratch(..., medium="Memory")``. In the end the leases run out by themselves: the application may still use
    them while it stops.

    A secret of the key-value engine has no lease: it is looked at every ``period_seconds``.

    Args:
        address: ``https://vault.example.com:8200``.
        role: of Vault's Kubernetes login, which is bound to the pod's namespace and ServiceAccount.
        files: what each file holds, by its name below the volume:
            ``{"password": VaultKey("kv/data/shop", "password")}``, or a ``VaultTemplate``.
        auth_path: where Vault has its Kubernetes login. https://developer.hashicorp.com/vault/docs/auth/kubernetes
        audience: whom the token is for; what the role says.
        namespace: of Vault Enterprise.
        ca: the certificate of the authority that signed Vault's, in PEM; default those of the image.
        period_seconds: whole seconds between two looks at what has no lease.

    Raises:
        InvalidValue: without a file, for a bad name of one, or an address that is not encrypted.
    """

    address: str
    role: str
    files: Mapping[str, VaultKey | VaultTemplate]
    auth_path: str = "kubernetes"
    audience: str = "vault"
    namespace: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    period_seconds: int = 300

    def __post_init__(self) -> None:
        given = {"address": self.address, "role": self.role, "auth_path": self.auth_path, "audience": self.audience}
        for name, text in given.items():
            process_text(text, name)
            if not text:
                raise InvalidValue(f"{name} must be given")
        if self.auth_path.startswith(("/", "auth/")) or self.auth_path.endswith("/"):
            raise InvalidValue(
                "auth_path must be such as 'kubernetes', without 'auth/' in front and without a slash around it, got "
                f"{self.auth_path!r}; write {self.auth_path.strip('/').removeprefix('auth/')!r}"
            )
        if not _is_encrypted(self.address):
            raise InvalidValue(
                f"address must be such as 'https://vault.example.com:8200', got {self.address!r}: whoever sees the "
                "requests would have the secrets"
            )
        if not self.files:
            raise InvalidValue(
                'files must hold one at least, such as {"password": VaultKey("kv/data/shop", "password")}'
            )
        for name in self.files:
            relative_path(name, "files", reserved=True)
            process_text(name, "files")
        check_files(("files", name) for name in self.files)
        whole_number(self.period_seconds, "period_seconds", 1)

    @checked
    def sync_program(self, place: SyncPlace) -> SyncProgram:
        """The agent with a configuration in JSON; it ends when Vault cannot be asked for long, and is started again."""
        paths = [f"{place.folder.rstrip('/')}/{name}" for name in self.files]
        vault: dict[str, Json] = {"address": self.address}
        if self.namespace is not None:
            vault["namespace"] = self.namespace
        if self.ca is not None:
            vault["ca_cert"] = f"{place.secrets}/ca.crt"
        method: JsonObject = {
            "type": "kubernetes",
            "mount_path": f"auth/{self.auth_path}",
            "config": {"role": self.role, "token_path": place.token},
            # default five minutes, which the startup probe does not wait for
            "max_backoff": "30s",
        }
        config: JsonObject = {
            "vault": vault,
            "auto_auth": {"method": [method]},
            "template_config": {
                "exit_on_retry_failure": True,
                "static_secret_render_interval": f"{self.period_seconds}s",
            },
            "template": [
                self._template(place, path, file.text()) for path, file in zip(paths, self.files.values(), strict=True)
            ],
        }
        return SyncProgram(
            image=VAULT_IMAGE,
            command=["vault", "agent", f"-config={place.config}/{_CONFIG}"],
            files={_CONFIG: json.dumps(config, indent=2, ensure_ascii=False) + "\n"},
            secrets={"ca.crt": self.ca} if self.ca is not None else {},
            token_audience=self.audience,
            health_command=["sh", "-c", _RENDERED, "vault", *(literal(path) for path in paths)],
            live=False,
            resources=VAULT_AGENT_RESOURCES,
            tmp=False,
            in_memory=True,
        )

    def _template(self, place: SyncPlace, path: str, text: str) -> JsonObject:
        template: dict[str, Json] = {
            "destination": path,
            "contents": text,
            "perms": "0640",
            "error_on_missing_key": True,
        }
        # the agent runs one and the same command once for all files of a change
        if place.reload is not None:
            template["exec"] = {"command": [*http_command(place.reload)], "timeout": "60s"}
        elif place.reload_command is not None:
            template["exec"] = {"command": [place.reload_command], "timeout": "60s"}
        return template


def _is_encrypted(address: str) -> bool:
    """Whether nobody outside of the pod reads what goes there."""
    parts = url_parts(address)
    if parts is None or not parts.hostname or parts.port == 0 or parts.username is not None or parts.query:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)

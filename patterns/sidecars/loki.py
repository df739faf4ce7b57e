"""Grafana Loki."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.frozen import NOTHING
from patterns.model.value import Value, dataclass
from patterns.sidecars.log_output import FluentBitOutput, Property, endpoint, http_output, login, made_once

_EXAMPLE = "https://loki.example.com:3100"
# https://grafana.com/docs/loki/latest/get-started/labels/
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True, kw_only=True)
class Loki(Value):
    """Grafana Loki: https://docs.fluentbit.io/manual/pipeline/outputs/loki

    Loki makes a stream of every combination of labels, so labels are few, and their values too; everything else stays
    in the line: https://grafana.com/docs/loki/latest/get-started/labels/cardinality/

    Args:
        url: with scheme and port, and a path where a proxy wants one, without ``/loki/api/v1/push``:
            ``https://loki.example.com:3100``.
        labels: of every line: ``{"app": "shop"}``.
        label_keys: fields of the record that become labels, and leave the line: ``pod_name``, ``namespace_name``,
            ``node_name``, ``log_path``, and with ``json=True`` the line's own; default the first two.
        tenant: whose lines they are, where Loki has several tenants.
        user: who writes; it goes with ``password``.
        password: of ``user``.
        bearer_token: instead of user and password.
        line_format: ``"json"``, or ``"key_value"``: ``log="..." node_name="..."``.
        verify: check the certificate and the name in it.
        allow_plaintext: the reason why a secret may go over ``http://``, such as a service mesh that encrypts it; not
            rendered.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.
        properties: further properties of the plugin.

    Raises:
        InvalidValue: for a bad URL, without a label, for a bad label, when ``user`` and ``password`` do not go
            together, or for a secret without TLS.
    """

    url: str
    labels: Mapping[str, str]
    label_keys: Sequence[str] = ("namespace_name", "pod_name")
    tenant: str | None = None
    user: str | SecretKey | None = None
    password: SecretKey | None = None
    bearer_token: SecretKey | None = None
    line_format: Literal["json", "key_value"] = "json"
    verify: bool = True
    allow_plaintext: str | None = None
    ca: SecretKey | ConfigMapKey | None = None
    properties: Mapping[str, Property] = NOTHING

    def __post_init__(self) -> None:
        if not self.labels:
            raise InvalidValue('labels must hold one at least, by which the lines are found: labels={"app": "shop"}')
        for label, value in self.labels.items():
            if not _LABEL.fullmatch(label):
                raise InvalidValue(f"labels: {label!r} must be letters, digits and _, and not begin with a digit")
            if not value or value != value.strip() or re.search(r"[,$\\\"]", value):
                raise InvalidValue(
                    f'labels: the value of {label!r} must be some text without , $ \\ and ", which Fluent Bit would '
                    f"not pass on, got {value!r}"
                )
        for key in self.label_keys:
            if not _KEY.fullmatch(key):
                raise InvalidValue(f"label_keys must be names of fields, such as 'pod_name', got {key!r}")
        if self.bearer_token is not None and self.user is not None:
            raise InvalidValue("bearer_token must not be given beside user and password; Loki looks at one of them")
        self.fluent_bit_output()

    @made_once
    def fluent_bit_output(self) -> FluentBitOutput:
        """The plugin ``loki`` with these properties."""
        server = endpoint(self.url, _EXAMPLE)
        own: dict[str, Property] = {"uri": f"{server.path}/loki/api/v1/push"} if server.path else {}
        own["labels"] = ", ".join(f"{label}={value}" for label, value in self.labels.items())
        if self.label_keys:
            own["label_keys"] = ", ".join(f"${key}" for key in self.label_keys)
        if self.tenant is not None:
            own["tenant_id"] = self.tenant
        own.update(login(self.user, self.password))
        if self.bearer_token is not None:
            own["bearer_token"] = self.bearer_token
        if self.line_format != "json":
            own["line_format"] = self.line_format
        return http_output("loki", self, server, own)

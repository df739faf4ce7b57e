"""Where a ``LoggingSidecar`` sends what it reads: any value that gives a ``FluentBitOutput``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY
from functools import lru_cache, wraps
from typing import NamedTuple, Protocol, TypeAlias, TypeVar, runtime_checkable

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, JsonObject, SecretKey
from patterns.model.calls import checked
from patterns.model.derived import derived
from patterns.model.frozen import NOTHING
from patterns.model.secrets import is_secret_name, is_secret_value
from patterns.model.urls import url_parts
from patterns.model.value import Value, dataclass
from patterns.sidecars.fluent_bit import plain_text

V = TypeVar("V", bound=Value)

#: a value of a property: what is secret, or differs by cluster, is referred to and never written down
Property: TypeAlias = str | int | bool | SecretKey | ConfigMapKey

#: directory in which the files of an output are mounted
FILES = "/fluent-bit/files"

#: set by the sidecar itself, since all its records go to one output
_OWN = ("name", "match", "match_regex")
#: secrets by other names than the usual
_SECRET = ("cloud_auth", "license_key", "shared_key")
_PROPERTY = re.compile(r"[A-Za-z0-9_.]+")
_PLUGIN = re.compile(r"[a-z0-9_]+")
_NOT_IN_NAMES = re.compile(r"[^A-Z0-9]")


@runtime_checkable
class LogOutput(Protocol):
    """A destination.

    A destination of your own is a class with this one method::

        @dataclass(frozen=True)
        class Syslog:
            host: str

            def fluent_bit_output(self) -> FluentBitOutput:
                return FluentBitOutput("syslog", {"host": self.host, "mode": "tls"})
    """

    def fluent_bit_output(self) -> FluentBitOutput | None:
        """The output plugin and its properties; ``None`` for the sidecar's own standard output."""
        ...


@dataclass(frozen=True, kw_only=True)
class Stdout(Value):
    """The sidecar's own standard output: ``kubectl logs`` and the node's log agent read it there."""

    def fluent_bit_output(self) -> None:
        """No Fluent Bit: a ``tail`` will do."""


@dataclass(frozen=True)
class FluentBitOutput(Value):
    """Any output plugin of Fluent Bit: https://docs.fluentbit.io/manual/pipeline/outputs

    Args:
        plugin: its name, such as ``loki``.
        properties: as the plugin's page names them, in lower case. What is secret is a ``SecretKey``, which becomes an
            environment variable of the sidecar; a ``ConfigMapKey`` as well. A property that is partly secret, such as
            ``header``, is whole in the Secret: ``Authorization Bearer abc``.
        files: properties whose value is the path of a file (``tls.ca_file``), by the key that is mounted there.

    Raises:
        InvalidValue: for a bad name, for a literal where a secret belongs, for ``${`` in a value.
    """

    plugin: str
    properties: Mapping[str, Property] = NOTHING
    _: KW_ONLY
    files: Mapping[str, SecretKey | ConfigMapKey] = NOTHING

    def __post_init__(self) -> None:
        if not _PLUGIN.fullmatch(self.plugin):
            raise InvalidValue(f"plugin must be the name of an output plugin, such as 'loki', got {self.plugin!r}")
        for key in (*self.properties, *self.files):
            if not _PROPERTY.fullmatch(key):
                raise InvalidValue(f"properties: {key!r} is no name of a property; write them as 'tls.verify'")
            if key.lower() in _OWN:
                raise InvalidValue(f"properties must not hold {key!r}: all records of the sidecar go to this output")
        for key, value in self.properties.items():
            if key in self.files:
                raise InvalidValue(f"files: {key!r} stands in properties too; give it once")
            if isinstance(value, str):
                _check_literal(key, value)

    def fluent_bit_output(self) -> FluentBitOutput:
        """Itself."""
        return self

    def variables(self) -> dict[str, str]:
        """The environment variable that each property given by reference is read from."""
        return {
            key: "LOG_OUTPUT_" + _NOT_IN_NAMES.sub("_", key.upper())
            for key, value in self.properties.items()
            if isinstance(value, (SecretKey, ConfigMapKey))
        }

    @checked
    def rendered_properties(self, variables: Mapping[str, str]) -> JsonObject:
        """The properties as they stand in the configuration.

        Args:
            variables: the environment variable by property, for those given by reference.
        """
        result: JsonObject = {}
        for key, value in self.properties.items():
            result[key] = f"${{{variables[key]}}}" if isinstance(value, (SecretKey, ConfigMapKey)) else value
        result.update({key: f"{FILES}/{key}" for key in self.files})
        return result


def _check_literal(key: str, value: str) -> None:
    if is_secret_name(key) or key.lower().endswith(_SECRET) or is_secret_value(value):
        raise InvalidValue(
            f"properties: {key!r} must not be a literal, which everybody who reads the ConfigMap would see; write "
            f'properties={{"{key}": SecretKey("my-secret", "{key}")}}'
        )
    plain_text(f"properties: {key!r}", value)


def made_once(method: Callable[[V], FluentBitOutput]) -> Callable[[V], FluentBitOutput]:
    """For ``fluent_bit_output`` of a value: it is made when the value is checked, and asked for later."""

    @wraps(method)
    def known(destination: V) -> FluentBitOutput:
        return derived(destination, method, lambda: method(destination))

    return known


class Endpoint(NamedTuple):
    """What a URL says, as the properties that all HTTP outputs share."""

    host: str
    port: int
    path: str
    tls: bool

    def properties(self, *, verify: bool) -> dict[str, Property]:
        """``host``, ``port`` and TLS; the name in the certificate is checked too, which Fluent Bit does not by default.

        https://docs.fluentbit.io/manual/administration/transport-security
        """
        result: dict[str, Property] = {"host": self.host, "port": self.port}
        if self.tls:
            result["tls"] = True
            if verify:
                result["tls.verify_hostname"] = True
            else:
                result["tls.verify"] = False
        return result

    def check_plaintext(self, properties: Mapping[str, Property], reason: str | None) -> None:
        """Refuse secrets that anybody on the way could read, unless there is a reason why nobody can.

        Raises:
            InvalidValue: for a secret without TLS and without a reason, and for a reason without that.
        """
        secret = any(isinstance(value, SecretKey) for value in properties.values())
        if secret and not self.tls:
            if reason is None:
                raise InvalidValue(
                    "url must begin with https, because a secret is sent there, which anybody on the way could read "
                    "otherwise; where nobody can, say why: "
                    'allow_plaintext="the service mesh encrypts what leaves the pod"'
                )
            if not reason.strip():
                raise InvalidValue(f"allow_plaintext must be the reason why nobody on the way can read, got {reason!r}")
        elif reason is not None:
            what = "TLS encrypts what is sent" if self.tls else "no secret is sent"
            raise InvalidValue(f"allow_plaintext must be left out: {what}")


@lru_cache(maxsize=256)
def endpoint(url: str, example: str) -> Endpoint:
    """The parts of a destination's URL.

    Raises:
        InvalidValue: when it is not such as ``example``.
    """
    plain_text("url", url)
    parts = url_parts(url)
    if parts is None:
        raise InvalidValue(f"url must be such as {example!r}, got {url!r}")
    if parts.username is not None or parts.password is not None:
        raise InvalidValue(
            "url must hold no user and no password, which would stand in the ConfigMap; give a SecretKey"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise InvalidValue(f"url must be such as {example!r}, got {url!r}")
    if parts.port is None:
        raise InvalidValue(
            f"url must name its port, got {url!r}: https means 443, and the plugin's own default is another; "
            f"write {example!r}"
        )
    return Endpoint(parts.hostname, parts.port, parts.path.rstrip("/"), parts.scheme == "https")


def login(user: str | SecretKey | None, password: SecretKey | None) -> dict[str, Property]:
    """Who writes, by the names that all HTTP outputs share.

    Raises:
        InvalidValue: for one without the other.
    """
    if user is None and password is None:
        return {}
    if user is None or password is None:
        raise InvalidValue('user and password go together: user="shop", password=SecretKey("es", "password")')
    return {"http_user": user, "http_passwd": password}


class OverHttp(Protocol):
    """The options that every destination has which is reached over HTTP."""

    @property
    def verify(self) -> bool:
        """Check the certificate and the name in it."""
        ...

    @property
    def allow_plaintext(self) -> str | None:
        """The reason why a secret may go without TLS."""
        ...

    @property
    def ca(self) -> SecretKey | ConfigMapKey | None:
        """The certificate of the authority that signed the server's."""
        ...

    @property
    def properties(self) -> Mapping[str, Property]:
        """Further properties of the plugin."""
        ...


def http_output(plugin: str, destination: OverHttp, server: Endpoint, own: Mapping[str, Property]) -> FluentBitOutput:
    """An output that sends over HTTP.

    Args:
        plugin: its name.
        destination: whose options hold.
        server: where to.
        own: the properties that its other options set.

    Raises:
        InvalidValue: for a property that is set twice, or a secret without TLS.
    """
    properties = with_further({**server.properties(verify=destination.verify), **own}, destination.properties)
    server.check_plaintext(properties, destination.allow_plaintext)
    return FluentBitOutput(plugin, properties, files={} if destination.ca is None else {"tls.ca_file": destination.ca})


def with_further(properties: dict[str, Property], further: Mapping[str, Property]) -> dict[str, Property]:
    """Both; what an option has set is not set again.

    Raises:
        InvalidValue: when it is.
    """
    for key in further:
        if key in properties:
            raise InvalidValue(f"properties must not hold {key!r}, which an option of this destination sets")
    return {**properties, **further}

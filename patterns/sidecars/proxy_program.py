"""What a ``ProxySidecar`` runs: any value that gives a ``ProxyProgram`` for its place in a pod."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Protocol, runtime_checkable

from patterns.defaults import Default
from patterns.errors import InvalidValue, WrongType
from patterns.model import ConfigMapKey, EnvSource, HttpGet, ResourceRequirements, SecretKey, TcpSocket
from patterns.model.frozen import NOTHING
from patterns.model.names import config_map_key, numeric_id, port_number, whole_number
from patterns.model.paths import absolute_path, check_files, relative_path
from patterns.model.secrets import is_secret_value
from patterns.model.value import Value, dataclass

#: the name, among a proxy's ports, of the one that clients come to
PROXY_PORT = "proxy"


@dataclass(frozen=True, kw_only=True)
class ProxyPlace(Value):
    """Where a proxy stands in its pod, as the sidecar tells it to the product.

    Args:
        name: of the container.
        application_port: on which the application listens; the proxy reaches it on ``127.0.0.1``. ``None`` for a
            product without a port ``"proxy"``, to which no clients come.
        ports: chosen free ones, by the names of the product's ``preferred_ports``.
        config_path: directory with the program's ``config``.
        files_path: directory with the program's ``files``.
        resources: of the container; ``None`` where nothing is rendered.
        drain_seconds: for which the application goes on after the pod's deletion, while endpoints go away.
        closed: whether a NetworkPolicy leaves the pod's other ports to the kubelet alone, so that a hook over HTTP is
            nobody else's.
    """

    name: str
    application_port: int | None
    ports: Mapping[str, int]
    config_path: str
    files_path: str
    resources: ResourceRequirements | None
    drain_seconds: int
    closed: bool

    @property
    def port(self) -> int:
        """The port that clients come to."""
        return self.ports[PROXY_PORT]


@dataclass(frozen=True, kw_only=True)
class ProxyProgram(Value):
    """What runs in the container of a proxy.

    Args:
        image: with its full version tag.
        command: program and arguments, without a shell.
        ready: what the kubelet asks before the application starts, and then for the pod's readiness: whether the proxy
            takes connections. It must not lead on to the application, which waits for it.
        live: what the kubelet asks to find a proxy that hangs; ``None`` for no such probe.
        config: text by file name, in the directory ``config_path`` of the place; it stands in a ConfigMap.
        files: keys of Secrets and ConfigMaps by file name, in the directory ``files_path`` of the place.
        env: environment variables by name.
        writable: size limits of directories that the program writes to, by path.
        drain: request of the ``preStop`` hook, which tells the proxy to send its clients elsewhere, and never to quit:
            it comes at the pod's deletion, while the application still serves. ``None`` for none.
        grace_seconds: whole seconds that the program needs to stop after its stop signal.
        startup_seconds: whole seconds after which a program that is not ready is restarted.
        run_as_user: uid of the image, where the pod names none.
        open_ports: further ports of the program that other pods may reach, such as one with metrics.
        application_env: variables of the application's containers, such as the address of an outbound proxy.
    """

    image: str | Default[str]
    command: Sequence[str]
    ready: HttpGet
    live: HttpGet | TcpSocket | None = None
    config: Mapping[str, str] = NOTHING
    files: Mapping[str, SecretKey | ConfigMapKey] = NOTHING
    env: Mapping[str, str | EnvSource] = NOTHING
    writable: Mapping[str, str | Default[str]] = NOTHING
    drain: HttpGet | None = None
    grace_seconds: int = 5
    startup_seconds: int = 60
    run_as_user: int | None = None
    open_ports: Sequence[int] = ()
    application_env: Mapping[str, str | EnvSource] = NOTHING

    def __post_init__(self) -> None:
        if not self.command:
            raise InvalidValue("command must hold at least the program")
        for name, text in self.config.items():
            config_map_key(name, "config: a file name")
            if found := is_secret_value(text):
                raise InvalidValue(
                    f"config: {name!r} holds {found}, which everybody who reads the ConfigMap would see; mount it: "
                    'files={"password": SecretKey("my-secret", "password")}'
                )
        for name in self.files:
            relative_path(name, f"files[{name!r}]", reserved=True)
        check_files(("files", name) for name in self.files)
        for path in self.writable:
            absolute_path(path, f"writable[{path!r}]")
        whole_number(self.grace_seconds, "grace_seconds", 1)
        whole_number(self.startup_seconds, "startup_seconds", 1)
        numeric_id(self.run_as_user, "run_as_user")


@runtime_checkable
class Proxy(Protocol):
    """A proxy product.

    One of your own is a class with these two methods::

        @dataclass(frozen=True)
        class Gateway:
            def preferred_ports(self) -> Mapping[str, int]:
                return {"proxy": 8081}

            def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
                return ProxyProgram(
                    image="registry.example.com/gateway:2.1.0",
                    command=["/gateway", f"--listen=:{place.port}", f"--to=127.0.0.1:{place.application_port}"],
                    ready=HttpGet(place.port, path="/ready"),
                )
    """

    def preferred_ports(self) -> Mapping[str, int]:
        """The ports that it listens on, by names of its own.

        ``"proxy"`` is the one that clients come to, and Services lead to; without it, the proxy is for what the
        application itself asks. Where one is taken in the pod, the place has the next free one.
        """
        ...

    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        """What to run there."""
        ...


def preferred_ports(proxy: Proxy) -> dict[str, int]:
    """What the product gives, checked: its author's mistakes are told as such.

    Raises:
        WrongType: for what is no mapping of names to ports.
        InvalidValue: for a number that is no port.
    """
    ports: object = proxy.preferred_ports()
    if not isinstance(ports, Mapping):
        raise WrongType(f"proxy: preferred_ports() must give ports by their names, got {ports!r}")
    for name, number in ports.items():
        port_number(number, f"proxy: preferred_ports()[{name!r}]")
    return dict(ports)


def check_address(address: str) -> None:
    """Raises: InvalidValue for what a proxy cannot listen on."""
    try:
        ip_address(address)
    except ValueError:
        raise InvalidValue(f"address must be an IP address such as '0.0.0.0' or '::', got {address!r}") from None

"""A real Envoy with the command and the files that its sidecar renders."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml
from eventually import eventually
from integration.envoy_program import envoy, rendered, validated
from integration.http_servers import Request, Server, ask, ask_tls, certificate, serving
from integration.programs import free_port, listens, program, running

from patterns.model import ConfigMapKey, ResourceRequirements
from patterns.model.json import object_at
from patterns.sidecars.envoy import Envoy
from patterns.sidecars.proxy_routes import RateLimit, Retries, Route, Upstream


@pytest.fixture
def application() -> Iterator[Server]:
    with serving(lambda request: (200, f"app {request.path}")) as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with serving(lambda request: (200, f"other {request.path}")) as server:
        yield server


# --- the configuration --------------------------------------------------------------------------------------------

HOSTILE = "/a'b$&*!%40@,:-(x)$(VAR);=+~"

BOOTSTRAPS: dict[str, tuple[Envoy, dict[str, Any]]] = {
    "smallest": (Envoy(), {}),
    "without a hook": (Envoy(), {"network_policy": False}),
    "everything": (
        Envoy(
            routes=[
                Route(prefix="/api", to=Upstream(host="api.example.com", tls=True, http2=True), rewrite="/"),
                Route(path="/health", timeout_seconds=0),
                Route(hosts=["*.example.com", "shop.example.org"], to=Upstream(host="::1", port=81)),
                Route(prefix="/retried/", retries=Retries(attempts=3, on=["5xx"], per_try_timeout_seconds=1)),
            ],
            outbound={"PAYMENTS_URL": Upstream(host="payments.example.com", tls=True)},
            rate_limit=RateLimit(requests=10, per_seconds=60, burst=20),
            http2=True,
            websocket=True,
            access_log=True,
            metrics=True,
            address="::",
        ),
        {},
    ),
    "outbound alone": (Envoy(inbound=False, outbound={"PAYMENTS_URL": Upstream(host="payments.example.com")}), {}),
    "text of all kinds": (
        Envoy(
            routes=[
                Route(prefix=HOSTILE, rewrite="/"),
                Route(path=HOSTILE, rewrite=HOSTILE),
                Route(prefix=f"{HOSTILE}/"),
            ]
        ),
        {},
    ),
}


@pytest.mark.parametrize(("product", "options"), BOOTSTRAPS.values(), ids=BOOTSTRAPS)
def test_envoy_takes_what_is_rendered(product: Envoy, options: dict[str, Any], tmp_path: Path) -> None:
    made = rendered(tmp_path, product, **options)
    assert validated(made) == f"configuration '{tmp_path}/config/envoy.yaml' OK"


def test_envoy_would_not_take_a_slip_of_the_pen(tmp_path: Path) -> None:
    made = rendered(tmp_path, Envoy())
    config = tmp_path / "config" / "envoy.yaml"
    config.write_text(config.read_text().replace("http_filters", "http_filtres"))
    assert "OK" not in validated(made)


# --- requests -----------------------------------------------------------------------------------------------------


def test_requests_go_where_their_host_and_path_say(application: Server, other: Server, tmp_path: Path) -> None:
    to = Upstream(host="127.0.0.1", port=other.port)
    product = Envoy(
        routes=[
            Route(prefix="/api", to=to, rewrite="/"),
            Route(prefix="/v1", to=to, rewrite="/v2"),
            Route(path="/only", to=to),
            Route(prefix="/tail/", to=to),
            Route(prefix="/slash", to=to, rewrite="/v3/"),
            Route(prefix="/both/", to=to, rewrite="/v4"),
            Route(hosts=["*.example.com"], prefix="/wild", to=to),
            Route(hosts=["shop.example.com"], to=to),
        ]
    )
    with envoy(made := rendered(tmp_path, product, application=application.port)):
        port = made.ports["proxy"]

        def got(path: str, host: str = "shop") -> str:
            return ask(port, path, headers={"Host": host}).text

        assert got("/") == "app /"
        assert got("/api") == "other /"
        assert got("/api/a/b?c=/api") == "other /a/b?c=/api"
        assert got("/apis") == "app /apis"
        assert got("/v1/a") == "other /v2/a"
        assert got("/only") == "other /only"
        assert got("/only/more") == "app /only/more"
        assert got("/tail/a") == "other /tail/a"
        assert got("/tail") == "app /tail"
        assert got("/slash/a") == "other /v3/a"
        assert got("/slash") == "other /v3/"
        assert got("/both/a") == "other /v4/a"
        assert got("/wild", "a.example.com") == "other /wild"
        assert got("/", "a.example.com") == "app /"
        assert got("/", "shop.example.com:8080") == "other /"
        # a path that is spelled another way is the same path
        assert got("/x/../api/a") == got("//api//a") == "other /a"
        assert ask(port, "/x%2F..%2Fapi/a").headers["location"] == "/api/a"
    assert {request.headers["host"] for request in other.requests} == {"127.0.0.1"}
    assert {request.headers["host"] for request in application.requests} == {"shop", "a.example.com"}


def test_text_of_all_kinds_is_a_path(application: Server, other: Server, tmp_path: Path) -> None:
    hostile = "/a'$(x)*(b)+.;=:@&!,~%7B%7B"
    to = Upstream(host="127.0.0.1", port=other.port)
    product = Envoy(routes=[Route(prefix=hostile, to=to, rewrite="/"), Route(path="/in", to=to, rewrite=hostile)])
    with envoy(made := rendered(tmp_path, product, application=application.port)):
        assert ask(made.ports["proxy"], f"{hostile}/x").text == "other /x"
        assert ask(made.ports["proxy"], "/in").text == f"other {hostile}"
        assert ask(made.ports["proxy"], "/a").text == "app /a"


def test_a_request_that_failed_is_sent_again(tmp_path: Path) -> None:
    """Without `retries` the client gets the failure."""
    failed: list[str] = []

    def flaky(request: Request) -> tuple[int, str]:
        if failed.count(request.path) < 2:
            failed.append(request.path)
            return 503, "not yet"
        return 200, "done"

    retries = Retries(attempts=3, on=["5xx"])
    with (
        serving(flaky) as server,
        envoy(
            made := rendered(tmp_path, Envoy(routes=[Route(prefix="/again", retries=retries)]), application=server.port)
        ),
    ):
        assert ask(made.ports["proxy"], "/once").status == 503
        assert ask(made.ports["proxy"], "/again").text == "done"


def test_by_default_nothing_is_done_twice(tmp_path: Path) -> None:
    with (
        serving(lambda _: (503, "no")) as server,
        envoy(made := rendered(tmp_path, Envoy(routes=[Route(retries=Retries())]), application=server.port)),
    ):
        assert ask(made.ports["proxy"], "/", method="POST").status == 503
    assert len(server.requests) == 1


def test_a_response_that_does_not_come_ends_in_504(tmp_path: Path) -> None:
    waiting = Event()

    def slow(request: Request) -> tuple[int, str]:
        if request.path != "/fast":
            waiting.wait(10)
        return 200, "late"

    with serving(slow) as server:
        with envoy(made := rendered(tmp_path, Envoy(timeout_seconds=1), application=server.port)):
            assert ask(made.ports["proxy"], "/fast").status == 200
            assert ask(made.ports["proxy"], "/slow").status == 504
        waiting.set()


def test_requests_over_the_limit_are_answered_with_429(application: Server, tmp_path: Path) -> None:
    product = Envoy(rate_limit=RateLimit(requests=3, per_seconds=60))
    with envoy(made := rendered(tmp_path, product, application=application.port)):
        statuses = [ask(made.ports["proxy"]).status for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert made.ask_as_the_kubelet("readinessProbe").status == 200
    assert len(application.requests) == 3


@pytest.mark.parametrize(
    ("hops", "protocol", "client"),
    # an Envoy names a client on loopback by its own address
    [(None, "https", r"192\.0\.2\.7"), (0, "http", r"192\.0\.2\.7,[\d.]+"), (1, "https", r"192\.0\.2\.7,[\d.]+")],
)
def test_who_the_client_is_is_told_by_as_many_proxies_as_are_believed(
    hops: int | None, protocol: str, client: str, application: Server, tmp_path: Path
) -> None:
    with envoy(made := rendered(tmp_path, Envoy(trusted_hops=hops), application=application.port)):
        ask(made.ports["proxy"], headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"})
    headers = application.requests[0].headers
    assert headers["x-forwarded-proto"] == protocol
    assert re.fullmatch(client, headers["x-forwarded-for"])


def test_the_proxy_closes_unused_connections_before_the_application_does(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        with (
            envoy(made := rendered(tmp_path, Envoy(), application=server.getsockname()[1])),
            ThreadPoolExecutor() as pool,
        ):
            asked = pool.submit(ask, made.ports["proxy"])
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                assert connection.recv(65536).startswith(b"GET / ")
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                assert asked.result(10).text == "ok"
                answered = time.monotonic()
                assert connection.recv(1) == b""
                # Gunicorn's 2 seconds are the shortest of the usual servers
                assert time.monotonic() - answered < 2


def test_clients_do_not_tell_envoy_what_to_do(tmp_path: Path) -> None:
    headers = {"x-envoy-retry-on": "5xx", "x-envoy-max-retries": "5", "x-envoy-upstream-rq-timeout-ms": "99000"}
    with serving(lambda _: (503, "no")) as server, envoy(made := rendered(tmp_path, Envoy(), application=server.port)):
        assert ask(made.ports["proxy"], method="POST", headers=headers).status == 503
    assert len(server.requests) == 1
    assert server.requests[0].headers["x-envoy-expected-rq-timeout-ms"] == "15000"


def test_the_application_s_way_out_is_on_loopback(other: Server, tmp_path: Path) -> None:
    product = Envoy(inbound=False, outbound={"PAYMENTS_URL": Route(to=Upstream(host="localhost", port=other.port))})
    with envoy(made := rendered(tmp_path, product)):
        url = made.variable("PAYMENTS_URL")
        assert url == f"http://127.0.0.1:{made.ports['PAYMENTS_URL']}"
        assert ask(made.ports["PAYMENTS_URL"], "/pay").text == "other /pay"
        assert not listens(made.ports["PAYMENTS_URL"], _own_address())
    assert other.requests[0].headers["host"] == "localhost"


def test_metrics_are_all_that_their_port_gives(application: Server, tmp_path: Path) -> None:
    with envoy(made := rendered(tmp_path, Envoy(metrics=True), application=application.port)):
        assert ask(made.ports["proxy"]).status == 200
        got = ask(made.ports["metrics"], "/stats/prometheus")
        assert (
            'envoy_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="proxy"} 1'
            in got.text
        )
        assert ask(made.ports["metrics"], "/config_dump").status == 404
        assert ask(made.ports["metrics"], "/healthcheck/fail", method="POST").status == 404


def test_each_request_is_a_line_of_json(application: Server, tmp_path: Path) -> None:
    with envoy(made := rendered(tmp_path, Envoy(access_log=True), application=application.port)):
        ask(made.ports["proxy"], '/a"b')
        log = tmp_path / "output"
        assert eventually(lambda: '"status":200' in log.read_text())
    assert '"path":"/a\\"b"' in log.read_text()


# --- TLS ----------------------------------------------------------------------------------------------------------


def test_an_upstream_has_to_show_a_certificate_of_the_authority_and_the_name(tmp_path: Path) -> None:
    ca = certificate(tmp_path / "ca", names="DNS:ca")
    right = certificate(tmp_path / "right", names="DNS:localhost", ca=ca)
    wrong = certificate(tmp_path / "wrong", names="DNS:else.example.com", ca=ca)
    stranger = certificate(tmp_path / "stranger", names="DNS:localhost")
    with (
        serving(lambda _: (200, "right"), tls=right) as one,
        serving(lambda _: (200, "wrong"), tls=wrong) as two,
        serving(lambda _: (200, "stranger"), tls=stranger) as three,
    ):
        authority = ConfigMapKey("authorities", "ca.crt")
        base = Upstream(host="localhost", tls=True, ca=authority)
        ports = {"/one": one.port, "/two": two.port, "/three": three.port}
        routes = [Route(prefix=path, to=replace(base, port=port)) for path, port in ports.items()]
        made = rendered(tmp_path / "envoy", Envoy(routes=routes))
        for number in (1, 2, 3):
            shutil.copy(ca / "tls.crt", made.directory / "files" / f"upstream-{number}.crt")
        with envoy(made):
            assert ask(made.ports["proxy"], "/one").text == "right"
            for path in ("/two", "/three"):
                assert ask(made.ports["proxy"], path).status == 503
        assert two.requests == three.requests == []
        # what an Envoy does that is not told whom to trust
        config = made.directory / "config" / "envoy.yaml"
        bootstrap = yaml.safe_load(config.read_text())
        for cluster in bootstrap["static_resources"]["clusters"]:
            cluster.get("transport_socket", {}).get("typed_config", {}).pop("common_tls_context", None)
        config.write_text(yaml.safe_dump(bootstrap))
        with envoy(made):
            assert ask(made.ports["proxy"], "/three").text == "stranger"


def test_a_renewed_certificate_is_taken_without_a_restart(application: Server, tmp_path: Path) -> None:
    """The kubelet swaps a link in the volume; a mount by `subPath` would keep the old files."""
    ca = certificate(tmp_path / "ca", names="DNS:ca")
    made = rendered(tmp_path / "envoy", Envoy(tls_secret="shop-tls"), application=application.port)
    files = made.directory / "files"
    for version in ("1", "2"):
        certificate(files / f"..{version}", names="DNS:shop.example.com", ca=ca)
    (files / "..data").symlink_to("..1")
    for name in ("tls.crt", "tls.key"):
        (files / name).symlink_to(f"..data/{name}")
    with envoy(made):
        response, first = ask_tls(made.ports["proxy"], ca / "tls.crt", "shop.example.com")
        assert response.status == 200
        (files / "..data_tmp").symlink_to("..2")
        (files / "..data_tmp").rename(files / "..data")
        assert eventually(lambda: ask_tls(made.ports["proxy"], ca / "tls.crt", "shop.example.com")[1] != first)


# --- the kubelet, and everybody else ------------------------------------------------------------------------------


def test_it_is_ready_when_it_takes_connections_be_the_application_there_or_not(tmp_path: Path) -> None:
    """Neither waits for the other: the application starts when the proxy is ready."""
    with envoy(made := rendered(tmp_path, Envoy(), application=free_port())):
        assert made.ask_as_the_kubelet("startupProbe").status == 200
        assert made.ask_as_the_kubelet("readinessProbe").status == 200
        assert made.ask_as_the_kubelet("livenessProbe").status == 200
        assert ask(made.ports["proxy"]).status == 503
        assert listens(made.ports["proxy"])
    assert not listens(made.ports["ready"])


def test_nobody_reaches_the_admin_interface_over_tcp(application: Server, tmp_path: Path) -> None:
    made = rendered(tmp_path, Envoy(metrics=True), application=application.port)
    with envoy(made) as process:
        assert _listening(process.pid) == set(made.ports.values())
        for port in made.ports.values():
            for path in (
                "/config_dump",
                "/quitquitquit",
                "/healthcheck/fail",
                "/ready/../quitquitquit",
                "/drain/../clusters",
            ):
                for method in ("GET", "POST"):
                    got = ask(port, path, method=method)
                    # the application answers what clients ask
                    assert got.status == 404 or got.text.startswith("app "), f"{method} {path}"
        assert process.poll() is None
        socket_file = tmp_path / "run" / "admin.sock"
        assert socket_file.is_socket()
        assert socket_file.stat().st_mode & 0o777 == 0o600


def test_a_plain_admin_interface_lets_everybody_end_the_proxy(tmp_path: Path) -> None:
    """On a port of the pod, where the kubelet's probes can ask it, everybody else can too."""
    port = free_port()
    config = tmp_path / "envoy.yaml"
    config.write_text(f"admin: {{address: {{socket_address: {{address: 0.0.0.0, port_value: {port}}}}}}}\n")
    plain = [program("envoy"), "-c", str(config), "--use-dynamic-base-id", "--concurrency", "1"]
    with running(plain, directory=tmp_path, ready=lambda: listens(port)) as process:
        assert '"bootstrap"' in ask(port, "/config_dump").text
        assert ask(port, "/quitquitquit", method="POST").status == 200
        assert process.wait(10) == 0


def test_without_a_policy_there_is_no_admin_interface_and_no_hook(application: Server, tmp_path: Path) -> None:
    made = rendered(tmp_path, Envoy(), application=application.port, network_policy=False)
    with envoy(made):
        assert ask(made.ports["ready"], "/drain").status == 404
        assert made.ask_as_the_kubelet("readinessProbe").status == 200
        assert ask(made.ports["proxy"]).status == 200
    assert list((tmp_path / "run").iterdir()) == []


def test_it_starts_again_over_the_socket_of_a_killed_one(application: Server, tmp_path: Path) -> None:
    made = rendered(tmp_path, Envoy(), application=application.port)
    with envoy(made) as process:
        process.kill()
        process.wait()
    assert (tmp_path / "run" / "admin.sock").is_socket()
    with envoy(made):
        assert made.ask_as_the_kubelet("lifecycle", "preStop").status == 200


def test_a_full_memory_refuses_requests_and_does_not_end_the_process(application: Server, tmp_path: Path) -> None:
    little = ResourceRequirements(limits={"memory": "4Mi"})
    with envoy(made := rendered(tmp_path, Envoy(), application=application.port, resources=little)) as process:
        assert eventually(lambda: ask(made.ports["proxy"]).status == 503)
        assert made.ask_as_the_kubelet("livenessProbe").status == 200
        assert process.poll() is None


# --- stop ---------------------------------------------------------------------------------------------------------


def test_the_hook_sends_clients_elsewhere_and_stops_nothing(other: Server, tmp_path: Path) -> None:
    started, finish = Event(), Event()

    def answer(request: Request) -> tuple[int, str]:
        if request.path == "/slow":
            started.set()
            finish.wait(10)
        return 200, "app"

    product = Envoy(outbound={"OTHER_URL": Upstream(host="127.0.0.1", port=other.port)})
    with (
        serving(answer) as server,
        envoy(made := rendered(tmp_path, product, application=server.port)) as process,
        ThreadPoolExecutor() as pool,
    ):
        port = made.ports["proxy"]
        kept = HTTPConnection("127.0.0.1", port, timeout=10)
        assert "connection" not in ask(port, connection=kept).headers
        slow = pool.submit(ask, port, "/slow")
        assert started.wait(10)

        assert made.ask_as_the_kubelet("lifecycle", "preStop").status == 200

        # out of its Service, and not restarted
        assert made.ask_as_the_kubelet("readinessProbe").status == 503
        assert made.ask_as_the_kubelet("livenessProbe").status == 200
        # a client with an open connection is told to leave, and a new one is still served
        assert ask(port, connection=kept).headers["connection"] == "close"
        late = ask(port)
        assert (late.status, late.headers["connection"]) == (200, "close")
        # the application's way out goes on
        out = ask(made.ports["OTHER_URL"])
        assert out.text == "other /"
        assert "connection" not in out.headers
        finish.set()
        assert slow.result(10).text == "app"
        assert process.poll() is None


def test_clients_of_http2_are_told_to_leave_too(application: Server, tmp_path: Path) -> None:
    with envoy(made := rendered(tmp_path, Envoy(), application=application.port)):
        with _http2(made.ports["proxy"]) as before:
            assert _GOAWAY not in _frames_until(before, _DATA)
        made.ask_as_the_kubelet("lifecycle", "preStop")
        with _http2(made.ports["proxy"]) as after:
            assert _GOAWAY in _frames_until(after, _DATA)


def test_its_stop_signal_ends_it_at_once_which_is_why_it_is_stopped_after_the_application(tmp_path: Path) -> None:
    started, finish = Event(), Event()

    def answer(_: Request) -> tuple[int, str]:
        started.set()
        finish.wait(10)
        return 200, "app"

    with serving(answer) as server:
        with (
            envoy(made := rendered(tmp_path, Envoy(), application=server.port)) as process,
            ThreadPoolExecutor() as pool,
        ):
            slow = pool.submit(ask, made.ports["proxy"])
            assert started.wait(10)
            process.terminate()
            grace = object_at(made.container, "lifecycle")
            assert process.wait(5) == 0
            with pytest.raises((RemoteDisconnected, ConnectionError)):
                slow.result(10)
            assert grace
        finish.set()


#: types of frames: https://www.rfc-editor.org/rfc/rfc9113#section-6
_DATA, _HEADERS, _SETTINGS, _GOAWAY = 0, 1, 4, 7


def _http2(port: int) -> socket.socket:
    """A connection on which `GET /` was asked; its header fields are those of HPACK's static table."""
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    fields = bytes([0x82, 0x86, 0x84, 0x41, 4]) + b"shop"
    request = len(fields).to_bytes(3, "big") + bytes([_HEADERS, 0x5, 0, 0, 0, 1]) + fields
    client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, _SETTINGS, 0, 0, 0, 0, 0]) + request)
    return client


def _frames_until(client: socket.socket, last: int) -> list[int]:
    """The types of the frames that come, up to one of that type."""
    types: list[int] = []
    with client.makefile("rb") as stream:
        while last not in types:
            head = stream.read(9)
            assert len(head) == 9, f"the connection ended after {types}"
            stream.read(int.from_bytes(head[:3], "big"))
            types.append(head[3])
    return types


def _own_address() -> str:
    """An address of this machine that is not loopback, or one that nobody has."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "192.0.2.1"
        address: str = probe.getsockname()[0]
        return address


def _listening(pid: int) -> set[int]:
    """The TCP ports on which a process listens: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html"""
    inodes = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = descriptor.readlink().name if descriptor.is_symlink() else ""
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports

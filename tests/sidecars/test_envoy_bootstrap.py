"""`Envoy` as the proxy of a pod: what it renders, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from sidecars.proxied_shop import Shop
from syrupy.assertion import SnapshotAssertion

from patterns.app import App
from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import ConfigMapKey, Container, JsonObject, ResourceRequirements, SecretKey
from patterns.model.json import object_at, objects_at, text_at
from patterns.sidecars.envoy import Envoy
from patterns.sidecars.proxy_program import Proxy
from patterns.sidecars.proxy_routes import RateLimit, Retries, Route, Upstream
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import container_of, find, synth
from patterns.tree import Chart
from patterns.workloads.job import Job


def _bootstrap(chart: Chart) -> JsonObject:
    config: JsonObject = yaml.safe_load(text_at(find(synth(chart), "ConfigMap"), "data", "envoy.yaml"))
    return config


def _rendered(envoy: Envoy, **options: Any) -> tuple[JsonObject, JsonObject]:
    """The bootstrap and the container."""
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=envoy, **options)
    return _bootstrap(shop.chart), shop.container()


def _listeners(bootstrap: JsonObject) -> dict[str, JsonObject]:
    return {text_at(one, "name"): one for one in objects_at(bootstrap, "static_resources", "listeners")}


def _clusters(bootstrap: JsonObject) -> dict[str, JsonObject]:
    return {text_at(one, "name"): one for one in objects_at(bootstrap, "static_resources", "clusters")}


# --- whole documents ----------------------------------------------------------------------------------------------


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Envoy())
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    api = Upstream(
        host="api.example.com", port=8443, tls=True, ca=ConfigMapKey("authorities", "ca.crt"), http2=True,
        connect_timeout_seconds=2,
    )  # fmt: skip
    envoy = Envoy(
        routes=[
            Route(prefix="/api", to=api, rewrite="/", timeout_seconds=60, retries=Retries(per_try_timeout_seconds=5)),
            Route(path="/events", timeout_seconds=0),
            Route(hosts=["*.example.org"], to=Upstream(host="10.0.0.7")),
        ],
        outbound={
            "PAYMENTS_URL": Upstream(host="payments.example.com", tls=True),
            "SEARCH_URL": Route(to=api, retries=Retries(attempts=5, on=["5xx"])),
        },
        tls_secret="shop-tls",
        rate_limit=RateLimit(requests=100, per_seconds=10, burst=150),
        http2=True,
        websocket=True,
        timeout_seconds=30,
        trusted_hops=1,
        access_log=True,
        metrics=True,
        concurrency=3,
        address="::",
    )
    ProxySidecar(shop.web, "proxy", proxy=envoy)
    assert synth(shop.chart) == yaml_snapshot


# --- the container ------------------------------------------------------------------------------------------------


def test_it_is_a_proxy() -> None:
    assert isinstance(Envoy(), Proxy)


@pytest.mark.parametrize(
    ("limit", "workers"), [(None, "2"), ("100m", "1"), ("1", "1"), ("1500m", "2"), (4, "4")]
)  # fmt: skip
def test_there_are_as_many_workers_as_cpus(limit: str | int | None, workers: str) -> None:
    limits: dict[str, str | int] = {"memory": "128Mi"} if limit is None else {"memory": "128Mi", "cpu": limit}
    _, container = _rendered(Envoy(), resources=ResourceRequirements(limits=limits))
    command = container["command"]
    assert isinstance(command, list)
    assert command[command.index("--concurrency") + 1] == workers


def test_the_hook_drains_and_is_there_only_where_a_policy_closes_its_port() -> None:
    bootstrap, container = _rendered(Envoy())
    assert container["lifecycle"] == {"preStop": {"httpGet": {"path": "/drain", "port": 10001}}}
    assert object_at(bootstrap, "admin", "address") == {"pipe": {"path": "/var/run/envoy/admin.sock", "mode": 0o600}}
    bootstrap, container = _rendered(Envoy(), network_policy=False)
    assert "lifecycle" not in container
    assert "admin" not in bootstrap
    assert "healthcheck" not in str(bootstrap)
    assert object_at(container, "resources", "requests").keys() == {"cpu", "memory"}


def test_the_way_out_is_on_loopback_and_goes_on_while_clients_leave() -> None:
    listeners = _listeners(_rendered(Envoy(outbound={"PAYMENTS_URL": Upstream(host="payments.example.com")}))[0])
    address = object_at(listeners["PAYMENTS_URL"], "address", "socket_address")
    assert address == {"address": "127.0.0.1", "port_value": 10002}
    assert listeners["PAYMENTS_URL"]["drain_type"] == "MODIFY_ONLY"
    assert "drain_type" not in listeners["proxy"]


def test_a_job_finds_its_way_out() -> None:
    chart = Chart(App(), "shop")
    job = Job(chart, "report", containers=[Container(name="report", image="registry.example.com/report:1.0.0")])
    envoy = Envoy(inbound=False, outbound={"PAYMENTS_URL": Upstream(host="payments.example.com", tls=True)})
    ProxySidecar(job, "proxy", proxy=envoy)
    documents = synth(chart)
    assert [d["kind"] for d in documents] == ["Job", "ConfigMap"]
    report = container_of(find(documents, "Job"), "report")
    assert report["env"] == [{"name": "PAYMENTS_URL", "value": "http://127.0.0.1:10002"}]
    assert "lifecycle" not in report


def test_metrics_have_a_port_that_stays_open() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "proxy", proxy=Envoy(metrics=True))
    rule = objects_at(find(synth(shop.chart), "NetworkPolicy"), "spec", "ingress")[0]
    assert [port["port"] for port in objects_at(rule, "ports")] == [10000, 10002]


# --- upstreams ----------------------------------------------------------------------------------------------------


def test_a_certificate_is_always_checked_and_so_is_the_name_in_it() -> None:
    cluster = _clusters(_rendered(Envoy(routes=[Route(to=Upstream(host="a.example.com", tls=True))]))[0])["upstream-1"]
    context = object_at(cluster, "transport_socket", "typed_config")
    assert context["sni"] == "a.example.com"
    assert object_at(context, "common_tls_context", "validation_context") == {
        "trusted_ca": {"filename": "/etc/ssl/certs/ca-certificates.crt"},
        "match_typed_subject_alt_names": [{"san_type": "DNS", "matcher": {"exact": "a.example.com"}}],
    }


def test_one_upstream_of_several_routes_is_one_cluster() -> None:
    to = [Upstream(host="a.example.com"), Upstream(host="a.example.com", port=80), Upstream(host="a.example.com")]
    bootstrap, _ = _rendered(Envoy(routes=[Route(prefix=f"/{at}", to=one) for at, one in enumerate(to)]))
    assert list(_clusters(bootstrap)) == ["application", "upstream-1", "upstream-2", "admin"]


def test_an_authority_is_mounted_without_sub_path_and_no_secret_is_in_the_config_map() -> None:
    shop = Shop()
    to = Upstream(host="a.example.com", tls=True, ca=SecretKey("authority", "ca.crt"))
    ProxySidecar(shop.web, "proxy", proxy=Envoy(routes=[Route(to=to)], tls_secret="shop-tls"))
    mounts = objects_at(shop.container(), "volumeMounts")
    assert {"name": "proxy-files", "mountPath": "/etc/proxy-files", "readOnly": True} in mounts
    assert "subPath" not in str(mounts)
    context = object_at(_clusters(_bootstrap(shop.chart))["upstream-1"], "transport_socket", "typed_config")
    authority = object_at(context, "common_tls_context", "validation_context", "trusted_ca")
    assert authority == {"filename": "/etc/proxy-files/upstream-1.crt"}


# --- text of users ------------------------------------------------------------------------------------------------

HOSTILE = "/a'b$&*!%40@,:-(x)$(VAR);=+~"


def test_text_of_users_stays_text() -> None:
    bootstrap, _ = _rendered(Envoy(routes=[Route(path=HOSTILE, rewrite=HOSTILE), Route(prefix=HOSTILE, rewrite="/")]))
    manager = objects_at(objects_at(_listeners(bootstrap)["proxy"], "filter_chains")[0], "filters")[0]
    hosts = objects_at(manager, "typed_config", "route_config", "virtual_hosts")
    exact, prefix, _ = objects_at(hosts[0], "routes")
    assert exact["match"] == {"path": HOSTILE}
    assert object_at(exact, "route")["prefix_rewrite"] == HOSTILE
    assert prefix["match"] == {"path_separated_prefix": HOSTILE}
    assert object_at(prefix, "route", "regex_rewrite", "pattern") == {
        "regex": r"^/a'b\$\&\*!%40@,:\-\(x\)\$\(VAR\);=\+\~/*"
    }


PATHS = {
    "a quote": '/a"b',
    "a brace": "/{{a}}",
    "a variable": "/${A}",
    "a line break": "/a\nb",
    "a blank": "/a b",
    "a query": "/a?b",
    "a comment": "/a#b",
    "a backslash": "/a\\b",
    "no slash": "a",
    "nothing": "",
    "half an escape": "/a%",
    "a small escape": "/%7b",
}


@pytest.mark.parametrize("value", PATHS.values(), ids=PATHS)
@pytest.mark.parametrize("option", ["prefix", "path", "rewrite"])
def test_what_no_path_is_would_never_match(option: str, value: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Route(**{option: value})  # type: ignore[arg-type]
    assert caught.value.message == (
        f"{option} must be a path such as '/api', of letters, digits and -._~!$&'()*+,;=:@/ and others as %7B, "
        f"got {value!r}"
    )


@pytest.mark.parametrize("value", ["//a", "/a//b", "/./a", "/a/..", "/../a", "/a%2Fb", "/a%5Cb"])
def test_a_path_that_is_never_spelled_so_would_not_match(value: str) -> None:
    with pytest.raises(InvalidValue, match="prefix must be a path in its normal form"):
        Route(prefix=value)


# --- errors -------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[type[Any], Mapping[str, Any], type[PatternError], str]] = {
    "nothing to do": (
        Envoy,
        {"inbound": False},
        InvalidValue,
        'outbound must be given with inbound=False: {"PAYMENTS_URL": Upstream(host=...)}',
    ),
    "routes for nobody": (
        Envoy,
        {"inbound": False, "outbound": {"A": Upstream(host="a")}, "routes": [Route()]},
        InvalidValue,
        "routes must be left out with inbound=False, since no clients come",
    ),
    "a way out to nowhere": (
        Envoy,
        {"outbound": {"A": Route()}},
        InvalidValue,
        "outbound['A']: must be a Route with to=, and without prefix, path and hosts",
    ),
    "no variable": (
        Envoy,
        {"outbound": {"A-B": Upstream(host="a")}},
        InvalidValue,
        "outbound['A-B']: the variable must be",
    ),
    "a listener's name": (
        Envoy,
        {"outbound": {"ready": Upstream(host="a")}},
        InvalidValue,
        "outbound['ready']: the variable must not have the name of a listener of its own",
    ),
    "no address": (
        Envoy,
        {"address": "localhost"},
        InvalidValue,
        "address must be an IP address such as '0.0.0.0' or '::', got 'localhost'",
    ),
    "no workers": (Envoy, {"concurrency": 0}, InvalidValue, "concurrency must be at least 1, got 0"),
    "no Secret": (Envoy, {"tls_secret": "My_Secret"}, InvalidValue, "tls_secret must be"),
    "no routes": (Envoy, {"routes": "/api"}, WrongType, "routes must be a list of Route, got a str '/api'"),
    "two paths": (
        Route,
        {"prefix": "/a", "path": "/b"},
        InvalidValue,
        "prefix and path do not go together, got '/a' and '/b'",
    ),
    "no host": (Route, {"hosts": ["*"]}, InvalidValue, "hosts[0] must be"),
    "a host with a port": (Route, {"hosts": ["a.example.com:80"]}, InvalidValue, "hosts[0] must be"),
    "no upstream": (Upstream, {"host": "https://a"}, InvalidValue, "host must be"),
    "an authority for nothing": (
        Upstream,
        {"host": "a", "ca": SecretKey("a", "b")},
        InvalidValue,
        "ca must be left out without TLS; write tls=True",
    ),
    "a literal authority": (Upstream, {"host": "a", "tls": True, "ca": "-----BEGIN"}, WrongType, "ca must be"),
    "no kind of failure": (Retries, {"on": []}, InvalidValue, "on must hold a kind of failure at least"),
    "an unknown failure": (Retries, {"on": ["4xx"]}, InvalidValue, "on[0] must be"),
    "less burst than requests": (
        RateLimit,
        {"requests": 10, "burst": 5},
        InvalidValue,
        "burst must be at least 10, got 5",
    ),
}


@pytest.mark.parametrize(("made", "options", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(
    made: type[Any], options: Mapping[str, Any], kind: type[PatternError], message: str
) -> None:
    with pytest.raises(kind) as caught:
        made(**options)
    assert caught.value.message.startswith(message)

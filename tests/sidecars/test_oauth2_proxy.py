"""`OAuth2Proxy` as the proxy of a pod: what it renders, and what it refuses."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from sidecars.proxied_shop import Shop
from syrupy.assertion import SnapshotAssertion

from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, SecretKey
from patterns.model.json import object_at, text_at
from patterns.sidecars.oauth2_proxy import OAuth2Proxy
from patterns.sidecars.proxy_program import Proxy
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import find, pod_spec_of, synth

CLIENT_SECRET, COOKIE_SECRET = SecretKey("oauth", "client-secret"), SecretKey("oauth", "cookie-secret")


def login(**options: Any) -> OAuth2Proxy:
    values: dict[str, Any] = {
        "issuer_url": "https://login.example.com",
        "client_id": "shop",
        "client_secret": CLIENT_SECRET,
        "cookie_secret": COOKIE_SECRET,
        "email_domains": ["example.com"],
    }
    return OAuth2Proxy(**{**values, **options})


def configuration(proxy: OAuth2Proxy, **options: Any) -> dict[str, Any]:
    shop = Shop()
    ProxySidecar(shop.web, "login", proxy=proxy, **options)
    return tomllib.loads(text_at(find(synth(shop.chart), "ConfigMap"), "data", "oauth2-proxy.cfg"))


def test_it_is_a_proxy() -> None:
    assert isinstance(login(), Proxy)


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    ProxySidecar(shop.web, "login", proxy=login())
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    proxy = login(
        email_domains=["example.com", "example.org"],
        allowed_groups=["shop", 'a "b" \\ ${HOME}'],
        redirect_url="https://shop.example.com/oauth2/callback",
        skip_auth=["^/static/", "GET=^/healthz$"],
        api=["^/api/"],
        scope="openid email groups",
        provider_ca=ConfigMapKey("authorities", "ca.crt"),
        trusted_proxies=["10.0.0.0/8", "fd00::/8"],
        cookie_domains=[".example.com"],
        session_seconds=3600,
        refresh_seconds=300,
        timeout_seconds=60,
        access_log=True,
        address="::",
    )
    ProxySidecar(shop.web, "login", proxy=proxy)
    assert synth(shop.chart) == yaml_snapshot


def test_secrets_are_in_files_and_nowhere_else() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "login", proxy=login())
    container = shop.container("login")
    assert "env" not in container
    assert container["command"] == ["/bin/oauth2-proxy", "--config=/etc/proxy/oauth2-proxy.cfg"]
    volumes = pod_spec_of(shop.deployment())["volumes"]
    assert isinstance(volumes, list)
    assert {
        "name": "login-files",
        "projected": {
            "sources": [
                {"secret": {"name": "oauth", "items": [{"key": "client-secret", "path": "client-secret"}]}},
                {"secret": {"name": "oauth", "items": [{"key": "cookie-secret", "path": "cookie-secret"}]}},
            ]
        },
    } in volumes


def test_the_cookie_is_of_the_host_alone_where_nothing_else_is_asked_for() -> None:
    assert configuration(login())["cookie_name"] == "__Host-oauth2-proxy"
    assert configuration(login(cookie_domains=[".example.com"]))["cookie_name"] == "__Secure-oauth2-proxy"


def test_with_groups_alone_the_address_does_not_matter() -> None:
    config = configuration(login(email_domains=[], allowed_groups=["shop"]))
    assert (config["email_domains"], config["allowed_groups"]) == (["*"], ["shop"])


def test_nobody_s_headers_are_believed_where_no_proxy_is_named() -> None:
    assert "reverse_proxy" not in configuration(login())
    assert configuration(login(trusted_proxies=["10.1.2.3"]))["trusted_proxy_ips"] == ["10.1.2.3"]


def test_its_probes_hide_no_path_of_the_application() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "login", proxy=login())
    container = shop.container("login")
    paths = {text_at(container, probe, "httpGet", "path") for probe in ("readinessProbe", "livenessProbe")}
    assert paths == {"/oauth2/ready", "/oauth2/ping"}
    assert object_at(container, "startupProbe", "httpGet")["path"] == "/oauth2/ready"


REFUSED: dict[str, tuple[Mapping[str, Any], str]] = {
    "nobody": (
        {"email_domains": []},
        'email_domains or allowed_groups must say who gets in, such as email_domains=["example.com"]; '
        'email_domains=["*"] lets everybody in whom the provider knows',
    ),
    "an address": ({"email_domains": ["a@b.com"]}, "email_domains[0] must be a domain, got 'a@b.com'; write 'b.com'"),
    "an empty domain": ({"email_domains": [""]}, "email_domains[0] must be a name, got ''"),
    "an end of line": ({"allowed_groups": ["a\nb"]}, "allowed_groups[0] must be a name, got 'a\\nb'"),
    "no client": ({"client_id": " "}, "client_id must be the name that the provider gave, got ' '"),
    "without encryption": (
        {"issuer_url": "http://login.example.com"},
        "issuer_url must be a URL that begins with https:// and a host, got 'http://login.example.com'",
    ),
    "what is no URL": (
        {"issuer_url": "https://[login.example.com"},
        "issuer_url must be a URL that begins with https:// and a host, got 'https://[login.example.com'",
    ),
    "a port that is no number": (
        {"redirect_url": "https://notes.example.com:port/oauth2/callback"},
        "redirect_url must be a URL that begins with https:// and a host, got "
        "'https://notes.example.com:port/oauth2/callback'",
    ),
    "a login in the URL": (
        {"issuer_url": "https://user@login.example.com"},
        "issuer_url must be a URL that begins with https:// and a host, got 'https://user@login.example.com'",
    ),
    "a query": (
        {"issuer_url": "https://login.example.com?x"},
        "issuer_url must have no ? and no #, got 'https://login.example.com?x'",
    ),
    "a way back to elsewhere": (
        {"redirect_url": "https://shop.example.com/"},
        "redirect_url must lead to /oauth2/callback, where the proxy expects the user back, got "
        "'https://shop.example.com/'",
    ),
    "a path in the middle": (
        {"skip_auth": ["/static/"]},
        "skip_auth[0] must begin with ^, or it would match in the middle of other paths, got '/static/'; write such as "
        "'^/static/'",
    ),
    "everything but": (
        {"skip_auth": ["!=^/admin"]},
        "skip_auth[0] must begin with ^, or it would match in the middle of other paths, got '!=^/admin'; write such "
        "as '^/static/'",
    ),
    "a method for api": (
        {"api": ["GET=^/api"]},
        "api[0] must begin with ^, or it would match in the middle of other paths, got 'GET=^/api'; write such as "
        "'^/static/'",
    ),
    "no network": (
        {"trusted_proxies": ["ingress"]},
        "trusted_proxies[0] must be an IP address or a network such as '10.0.0.0/8', got 'ingress'",
    ),
    "everybody": (
        {"trusted_proxies": ["0.0.0.0/0"]},
        "trusted_proxies[0] must not be every address, got '0.0.0.0/0'; name the proxies before this one",
    ),
    "no address": ({"address": "all"}, "address must be an IP address such as '0.0.0.0' or '::', got 'all'"),
    "no time": ({"session_seconds": 0}, "session_seconds must be at least 1, got 0"),
    "asked for too late": (
        {"refresh_seconds": 43200},
        "refresh_seconds must be less than session_seconds, 43200, got 43200",
    ),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        login(**options)
    assert str(caught.value) == f"OAuth2Proxy: {message}"

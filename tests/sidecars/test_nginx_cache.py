"""`NginxCache` as the proxy of a pod: what it renders, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sidecars.proxied_shop import Shop
from syrupy.assertion import SnapshotAssertion

from patterns.errors import InvalidValue
from patterns.model.json import object_at, text_at
from patterns.sidecars.nginx_cache import NginxCache
from patterns.sidecars.proxy_program import Proxy
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import find, synth


def configuration(cache: NginxCache) -> str:
    shop = Shop()
    ProxySidecar(shop.web, "cache", proxy=cache)
    return text_at(find(synth(shop.chart), "ConfigMap"), "data", "nginx.conf")


def test_it_is_a_proxy() -> None:
    assert isinstance(NginxCache(), Proxy)


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    ProxySidecar(shop.web, "cache", proxy=NginxCache())
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    cache = NginxCache(
        size_limit="1Gi",
        valid_seconds={200: 60, 404: 5},
        inactive_seconds=3600,
        past_cookies=["session", "basket_id"],
        uncached=["/api/", '/a "b" {};#\\'],
        timeout_seconds=30,
        access_log=True,
        workers=4,
        address="::",
    )
    ProxySidecar(shop.web, "cache", proxy=cache)
    assert synth(shop.chart) == yaml_snapshot


def test_the_cache_is_full_before_its_volume_is() -> None:
    assert f"max_size={192 * 2**20}" in configuration(NginxCache(size_limit="256Mi"))


def test_the_room_is_asked_for_on_the_node() -> None:
    shop = Shop()
    ProxySidecar(shop.web, "cache", proxy=NginxCache(size_limit="256Mi"))
    requests = object_at(shop.container("cache"), "resources", "requests")
    assert requests["ephemeral-storage"] == "272Mi"


REFUSED: dict[str, tuple[Mapping[str, Any], str]] = {
    "too small": ({"size_limit": "1Mi"}, "size_limit must be at least 4Mi, got '1Mi'"),
    "no status": ({"valid_seconds": {99: 5}}, "valid_seconds must be by status, 200-599, got 99"),
    "no time": ({"valid_seconds": {200: 0}}, "valid_seconds[200] must be at least 1, got 0"),
    "no workers": ({"workers": 0}, "workers must be at least 1, got 0"),
    "no cookie": (
        {"past_cookies": ["a-b"]},
        "past_cookies[0] must be of letters, digits and _, as nginx has variables of cookies, got 'a-b'; leave "
        "past_cookies out, so that every cookie counts",
    ),
    "no path": ({"uncached": ["api/"]}, "uncached[0] must begin with /, such as '/api/', got 'api/'"),
    "an end of line": ({"uncached": ["/a\nb"]}, "uncached[0] must begin with /, such as '/api/', got '/a\\nb'"),
    "a variable": (
        {"uncached": ["/$uri"]},
        "uncached[0] must hold no $, with which a variable of nginx begins, got '/$uri'",
    ),
    "everything": ({"uncached": ["/"]}, "uncached[0] must not be '/', which would leave nothing to the cache"),
    "twice": ({"uncached": ["/api/", "/api/"]}, "uncached[1] is there twice: '/api/'"),
    "no address": ({"address": "all"}, "address must be an IP address such as '0.0.0.0' or '::', got 'all'"),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(options: Mapping[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        NginxCache(**options)
    assert str(caught.value) == f"NginxCache: {message}"

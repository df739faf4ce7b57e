"""The rendered configuration in a real nginx: what is kept, what is not, and how it stops."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from eventually import eventually
from integration.http_servers import Answer, Request, Server, ask, serving
from integration.programs import free_port, listens, program, running
from sidecars.proxied_shop import Shop

from patterns.model import JsonObject
from patterns.model.json import object_at, text_at
from patterns.sidecars.nginx_cache import CACHE_DIRECTORY, TMP_DIRECTORY, NginxCache
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import find, synth

PUBLIC = {"Cache-Control": "public, max-age=60"}


@dataclass(frozen=True)
class Cached:
    """A cache while it runs."""

    port: int
    ready: int
    container: JsonObject
    directory: Path
    application: Server
    process: subprocess.Popen[bytes]
    #: ends the application
    stop: Callable[[], None]

    def status(self, path: str, **headers: str) -> str:
        """Where the response to a request came from."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.port, path, headers=sent).headers.get("x-cache-status", "")


@contextmanager
def cached(directory: Path, answer: Answer, **options: Any) -> Iterator[Cached]:
    with ExitStack() as stack:
        application = stack.enter_context(serving(answer))
        port, ready = free_port(), free_port()
        shop = Shop()
        ProxySidecar(shop.web, "cache", proxy=NginxCache(**options), application_port=application.port, port=port)
        container = shop.container("cache")
        config = text_at(find(synth(shop.chart), "ConfigMap"), "data", "nginx.conf")
        places = {CACHE_DIRECTORY: directory / "cache", TMP_DIRECTORY: directory / "tmp"}
        for place in places.values():
            place.mkdir()
        config = re.sub(r" (/var/cache/nginx|/tmp)(?=[/ ])", lambda found: f" {places[found[1]]}", config)
        config = config.replace(":8081;", f":{ready};").replace("/dev/stdout", str(directory / "access.log"))
        # as root, nginx would serve as another user, who may not enter this directory
        (directory / "nginx.conf").write_text(("user root;\n" if os.getuid() == 0 else "") + config)
        listed = container["command"]
        assert isinstance(listed, list)
        command = [program("nginx"), *(str(word).replace("/etc/proxy", str(directory)) for word in listed[1:])]
        subprocess.run([*command, "-t", "-q"], check=True, timeout=60)
        with running(command, directory=directory, ready=lambda: listens(ready)) as process:
            yield Cached(port, ready, container, directory / "cache", application, process, stack.close)


def named(request: Request) -> tuple[int, str, dict[str, str]]:
    """By its path, what an application says of keeping it."""
    said = {
        "/public": PUBLIC,
        "/private": {"Cache-Control": "private, max-age=60"},
        "/no-store": {"Cache-Control": "no-store"},
        "/no-cache": {"Cache-Control": "no-cache"},
        "/cookie": {**PUBLIC, "Set-Cookie": "session=1"},
        "/any": {**PUBLIC, "Vary": "*"},
        "/language": {**PUBLIC, "Vary": "Accept-Language"},
        "/short": {"Cache-Control": "max-age=1"},
    }
    path = request.path.partition("?")[0]
    return 200, f"{path} {request.headers.get('accept-language', '')}", said.get(path, {})


@pytest.fixture(scope="module")
def cache(module_path: Path) -> Iterator[Cached]:
    with cached(module_path, named, uncached=["/api/", '/a b"{};#\\']) as made:
        yield made


def test_what_the_application_allows_is_given_again(cache: Cached) -> None:
    assert [cache.status("/public?1") for _ in range(3)] == ["MISS", "HIT", "HIT"]
    assert [request.path for request in cache.application.requests].count("/public?1") == 1


@pytest.mark.parametrize("path", ["/private", "/no-store", "/no-cache", "/cookie", "/any", "/says-nothing"])
def test_what_it_does_not_allow_is_never_kept(cache: Cached, path: str) -> None:
    assert [cache.status(path) for _ in range(3)] == ["MISS", "MISS", "MISS"]


@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
@pytest.mark.parametrize("value", ["Bearer x", "0"])
def test_what_may_be_somebody_s_own_goes_past_it(cache: Cached, header: str, value: str) -> None:
    path = f"/public?{header}{value[0]}"
    assert cache.status(path, **{header: value}) == "BYPASS"
    # and was not kept for others
    assert cache.status(path) == "MISS"
    assert cache.status(path, **{header: value}) == "BYPASS"


def test_responses_that_vary_are_kept_apart(cache: Cached) -> None:
    german, english = ({"Accept-Language": language} for language in ("de", "en"))
    texts = [ask(cache.port, "/language", headers=headers).text for headers in (german, english, german, english)]
    assert texts == ["/language de", "/language en"] * 2


def test_hosts_and_what_makes_up_links_are_kept_apart(cache: Cached) -> None:
    asked = [{}, {"Host": "other"}, {"X-Forwarded-Host": "evil"}, {"X-Forwarded-Proto": "https"}]
    assert [ask(cache.port, "/public?2", headers=one).headers["x-cache-status"] for one in asked] == ["MISS"] * 4
    assert cache.status("/public?2") == "HIT"


@pytest.mark.parametrize("path", ["/api/public", "/a%20b%22%7B%7D;%23%5C"])
def test_paths_that_are_named_are_not_looked_at(cache: Cached, path: str) -> None:
    assert cache.status(path) == ""


def test_other_methods_are_passed_on(cache: Cached) -> None:
    before = len(cache.application.requests)
    for _ in range(2):
        assert ask(cache.port, "/public?1", method="POST", headers={"Content-Length": "0"}).status == 200
    assert len(cache.application.requests) == before + 2


def test_the_kubelet_gets_its_answers_and_nobody_else_anything(cache: Cached) -> None:
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert ask(cache.ready, text_at(object_at(cache.container, probe, "httpGet"), "path")).status == 200
    assert ask(cache.ready, "/public").status == 404


def test_an_old_response_is_given_while_it_is_renewed_and_when_nobody_answers(tmp_path: Path) -> None:
    go_on = Event()
    go_on.set()

    def slow(request: Request) -> tuple[int, str, dict[str, str]]:
        go_on.wait(20)
        return named(request)

    with cached(tmp_path, slow) as made:
        assert made.status("/short") == "MISS"
        go_on.clear()
        assert eventually(lambda: made.status("/short") in {"STALE", "UPDATING"})
        go_on.set()
        made.stop()
        assert eventually(lambda: made.status("/short") == "STALE")
        assert ask(made.port, "/short").text == "/short "
        assert ask(made.port, "/public").status == 502


def test_of_many_requests_one_goes_to_the_application(tmp_path: Path) -> None:
    def slow(request: Request) -> tuple[int, str, dict[str, str]]:
        time.sleep(0.5)
        return named(request)

    with cached(tmp_path, slow, valid_seconds={200: 60}) as made, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(made.port, "/says-nothing").status, range(8)))
        assert (answers, len(made.application.requests)) == ([200] * 8, 1)


def test_its_size_is_bounded(tmp_path: Path) -> None:
    with cached(tmp_path, lambda _: (200, "x" * 100_000, PUBLIC), size_limit="4Mi") as made:

        def size() -> int:
            return sum(path.stat().st_blocks * 512 for path in made.directory.rglob("*") if path.is_file())

        for number in range(60):
            assert made.status(f"/{number}") == "MISS"
        assert size() > 3 * 2**20
        assert eventually(lambda: size() <= 3 * 2**20)


def test_named_cookies_alone_count_where_they_are_named(tmp_path: Path) -> None:
    with cached(tmp_path, named, past_cookies=["session"], access_log=True) as made:
        assert [made.status("/public", Cookie="theme=dark") for _ in range(2)] == ["MISS", "HIT"]
        assert made.status("/public", Cookie="theme=dark; session=0") == "BYPASS"
    assert "GET /public" in (tmp_path / "access.log").read_text()


def test_at_the_signal_of_its_image_it_ends_what_it_has_begun(tmp_path: Path) -> None:
    asked, go_on = Event(), Event()

    def slow(request: Request) -> tuple[int, str, dict[str, str]]:
        asked.set()
        go_on.wait(20)
        return named(request)

    with cached(tmp_path, slow) as made, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(ask, made.port, "/public")
        assert asked.wait(20)
        made.process.send_signal(signal.SIGQUIT)
        assert eventually(lambda: not listens(made.port))
        go_on.set()
        assert answer.result(20).text == "/public "
        assert made.process.wait(20) == 0

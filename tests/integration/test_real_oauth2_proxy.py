"""The rendered oauth2-proxy against a provider of OpenID Connect on loopback: login, headers, probes, stop."""

from __future__ import annotations

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from integration.http_servers import Request, Response, Server, ask, certificate, serving
from integration.programs import free_port, listens, program, running
from sidecars.proxied_shop import Shop

from patterns.model import ConfigMapKey, JsonObject, SecretKey
from patterns.model.json import object_at, text_at
from patterns.sidecars.oauth2_proxy import OAuth2Proxy
from patterns.sidecars.proxy_sidecar import ProxySidecar
from patterns.testing import find, synth

EMAIL = "alice@example.com"
CLIENT_SECRET = "s3cret"
HOSTILE = 'a "b" \\ ${HOME} $(id) {{x}} #%'


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Provider:
    """What a provider says; keys and signatures are made by openssl."""

    directory: Path
    port: int = 0
    nonce: str = ""
    groups: list[str] = field(default_factory=lambda: ["shop"])
    authorized: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def answer(self, request: Request) -> tuple[int, str]:
        path = urlsplit(request.path).path
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(
                {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                    "code_challenge_methods_supported": ["S256"],
                }
            )
        if path == "/keys":
            return 200, json.dumps({"keys": [self.key()]})
        if path == "/token":
            self.authorized.append(request.headers.get("authorization", ""))
            return 200, json.dumps(
                {"access_token": "access", "token_type": "Bearer", "expires_in": 3600, "id_token": self.token()}
            )
        return 404, ""

    def key(self) -> dict[str, str]:
        modulus = self._openssl("rsa", "-in", "tls.rsa", "-noout", "-modulus").decode().strip().partition("=")[2]
        return {
            "kty": "RSA",
            "alg": "RS256",
            "use": "sig",
            "kid": "1",
            "e": "AQAB",
            "n": encoded(bytes.fromhex(modulus)),
        }

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "shop", "sub": "alice", "nonce": self.nonce, "iat": now, "exp": now + 3600}
        claims |= {"email": EMAIL, "email_verified": True, "groups": self.groups, "preferred_username": "alice"}
        parts = [{"alg": "RS256", "kid": "1"}, claims]
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        signature = self._openssl("dgst", "-sha256", "-sign", "tls.rsa", given=signed.encode())
        return f"{signed}.{encoded(signature)}"

    def _openssl(self, *arguments: str, given: bytes = b"") -> bytes:
        command = [program("openssl"), *arguments]
        return subprocess.run(command, cwd=self.directory, input=given, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class Proxied:
    """A proxy while it runs."""

    port: int
    container: JsonObject
    provider: Provider
    application: Server
    process: subprocess.Popen[bytes]

    def asked(
        self, path: str, cookies: dict[str, str] | None = None, **headers: str
    ) -> tuple[Response, dict[str, str]]:
        """The response, and the cookies that it sets."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=10)
        given = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        client.request(
            "GET", path, headers={"Host": "shop.example.com", **({"Cookie": given} if given else {}), **sent}
        )
        got = client.getresponse()
        text = got.read().decode(errors="replace")
        client.close()
        cookies = {}
        for line in got.headers.get_all("Set-Cookie") or []:
            name, _, rest = line.partition("=")
            cookies[name] = rest
        return Response(got.status, {name.lower(): value for name, value in got.getheaders()}, text), cookies

    def login(self) -> tuple[Response, dict[str, str]]:
        """What the callback answers to who has logged in."""
        sent, cookies = self.asked("/basket?of=alice")
        assert sent.status == 302
        query = parse_qs(urlsplit(sent.headers["location"]).query)
        self.provider.nonce = query["nonce"][0]
        jar = {name: value.partition(";")[0] for name, value in cookies.items()}
        return self.asked(f"/oauth2/callback?code=code&state={query['state'][0]}", jar)


@contextmanager
def proxied(directory: Path, **options: Any) -> Iterator[Proxied]:
    authority = certificate(directory / "authority", names="IP:127.0.0.1")
    subprocess.run(
        [program("openssl"), "genrsa", "-out", str(authority / "tls.rsa"), "2048"], check=True, capture_output=True
    )
    provider = Provider(authority)
    with (
        serving(provider.answer, tls=authority) as server,
        serving(lambda request: (200, json.dumps(dict(request.headers)))) as application,
    ):
        provider.port = server.port
        port = free_port()
        values: dict[str, Any] = {
            "issuer_url": provider.issuer,
            "client_id": "shop",
            "client_secret": SecretKey("oauth", "client-secret"),
            "cookie_secret": SecretKey("oauth", "cookie-secret"),
            "email_domains": ["example.com"],
            "provider_ca": ConfigMapKey("authorities", "ca.crt"),
        }
        shop = Shop()
        proxy = OAuth2Proxy(**{**values, **options})
        ProxySidecar(shop.web, "proxy", proxy=proxy, application_port=application.port, port=port)
        container = shop.container()
        files = directory / "files"
        files.mkdir()
        (files / "client-secret").write_text(CLIENT_SECRET)
        (files / "cookie-secret").write_text(base64.b64encode(b"x" * 32).decode())
        (files / "provider-ca.crt").write_bytes((authority / "tls.crt").read_bytes())
        config = text_at(find(synth(shop.chart), "ConfigMap"), "data", "oauth2-proxy.cfg")
        (directory / "oauth2-proxy.cfg").write_text(config.replace("/etc/proxy-files", str(files)))
        listed = container["command"]
        assert isinstance(listed, list)
        command = [program("oauth2-proxy"), *(str(word).replace("/etc/proxy", str(directory)) for word in listed[1:])]
        subprocess.run([*command, "--config-test"], check=True, capture_output=True, timeout=60)
        path = text_at(object_at(container, "readinessProbe", "httpGet"), "path")
        with running(
            command, directory=directory, ready=lambda: listens(port) and ask(port, path).status == 200
        ) as process:
            yield Proxied(port, container, provider, application, process)


@pytest.fixture(scope="module")
def shop(module_path: Path) -> Iterator[Proxied]:
    with proxied(module_path, skip_auth=["GET=^/public/"], api=["^/api/"]) as made:
        yield made


def test_who_has_not_logged_in_is_sent_to_the_provider(shop: Proxied) -> None:
    before = len(shop.application.requests)
    sent, cookies = shop.asked("/basket")
    to = urlsplit(sent.headers["location"])
    query = {name: values[0] for name, values in parse_qs(to.query).items()}
    assert (sent.status, f"{to.scheme}://{to.netloc}{to.path}") == (302, f"{shop.provider.issuer}/authorize")
    assert (query["client_id"], query["redirect_uri"]) == ("shop", "https://shop.example.com/oauth2/callback")
    assert query["code_challenge_method"] == "S256"
    assert all("HttpOnly" in value and "Secure" in value and "SameSite=Lax" in value for value in cookies.values())
    assert len(shop.application.requests) == before


def test_who_has_logged_in_gets_to_the_application_with_a_name(shop: Proxied) -> None:
    answered, cookies = shop.login()
    assert (answered.status, answered.headers["location"]) == (302, "/basket?of=alice")
    session = cookies["__Host-oauth2-proxy"]
    assert all(word in session for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"))
    jar = {"__Host-oauth2-proxy": session.partition(";")[0]}
    got, _ = shop.asked("/basket", jar, X_Forwarded_User="root", X_Forwarded_Email="root@example.com")
    headers = json.loads(got.text)
    assert got.status == 200
    assert (headers["x-forwarded-user"], headers["x-forwarded-email"]) == ("alice", EMAIL)
    assert (headers["x-forwarded-groups"], headers["x-forwarded-preferred-username"]) == ("shop", "alice")
    assert headers["host"] == "shop.example.com"
    assert "authorization" not in headers
    by_password = "Basic " + base64.b64encode(f"shop:{CLIENT_SECRET}".encode()).decode()
    assert by_password in shop.provider.authorized


@pytest.mark.parametrize(
    "header", ["X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Preferred-Username"]
)
def test_without_a_login_nobody_gives_himself_a_name(shop: Proxied, header: str) -> None:
    got = ask(shop.port, "/public/style.css", headers={header: "root", header.lower().replace("-", "_"): "root"})
    assert got.status == 200
    assert header.lower() not in json.loads(got.text)


@pytest.mark.parametrize(
    "path", ["/private", "/x/public/", "/public/../private", "/public/%2e%2e/private", "//public/"]
)
def test_only_what_is_named_needs_no_login(shop: Proxied, path: str) -> None:
    before = len(shop.application.requests)
    assert ask(shop.port, path).status in (301, 302, 307, 308)
    assert ask(shop.port, "/public/x", method="POST").status in (302, 403)
    assert len(shop.application.requests) == before


def test_programs_get_401_instead_of_a_page(shop: Proxied) -> None:
    assert ask(shop.port, "/api/basket").status == 401


def test_a_forged_session_is_none(shop: Proxied) -> None:
    answered, cookies = shop.login()
    session = cookies["__Host-oauth2-proxy"].partition(";")[0]
    for forged in (session[:-4] + "AAAA", "x", ""):
        got, _ = shop.asked("/basket", {"__Host-oauth2-proxy": forged})
        assert got.status == 302
    assert answered.status == 302


def test_the_kubelet_gets_its_answers(shop: Proxied) -> None:
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = object_at(shop.container, probe, "httpGet")
        assert (request["port"], ask(shop.port, text_at(request, "path")).text) == (shop.port, "OK")


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"email_domains": ["example.org"]}, 403),
        ({"email_domains": [], "allowed_groups": ["shop"]}, 302),
        ({"email_domains": [], "allowed_groups": ["admins"]}, 403),
    ],
)
def test_only_who_is_named_gets_in(tmp_path: Path, options: dict[str, Any], status: int) -> None:
    with proxied(tmp_path, **options) as made:
        assert made.login()[0].status == status


def test_every_option_and_hostile_text_is_taken_as_it_is(tmp_path: Path) -> None:
    options: dict[str, Any] = {
        "allowed_groups": ["shop", HOSTILE],
        "redirect_url": "https://shop.example.com/oauth2/callback",
        "skip_auth": ["^/public/", 'GET=^/a"b,c$'],
        "api": ["^/api/"],
        "scope": f"openid email {HOSTILE}",
        "trusted_proxies": ["10.0.0.0/8", "127.0.0.1"],
        "cookie_domains": [".example.com"],
        "session_seconds": 600,
        "refresh_seconds": 60,
        "timeout_seconds": 5,
        "access_log": True,
    }
    with proxied(tmp_path, **options) as made:
        sent, _ = made.asked("/basket", X_Forwarded_Host="other.example.com", X_Forwarded_Proto="https")
        query = parse_qs(urlsplit(sent.headers["location"]).query)
        assert query["scope"] == [f"openid email {HOSTILE}"]
        assert query["redirect_uri"] == ["https://shop.example.com/oauth2/callback"]
        assert made.asked("/a%22b,c")[0].status == 200
    assert "GET" in (tmp_path / "output").read_text()


def test_at_its_stop_signal_it_ends_what_it_has_begun(tmp_path: Path) -> None:
    asked, go_on = Event(), Event()

    def slow(request: Request) -> tuple[int, str]:
        asked.set()
        go_on.wait(20)
        return 200, "done"

    with serving(slow) as application, proxied(tmp_path, skip_auth=["^/"]) as made:
        config = (tmp_path / "oauth2-proxy.cfg").read_text()
        port = free_port()
        (tmp_path / "slow.cfg").write_text(
            config.replace(f"127.0.0.1:{made.application.port}", f"127.0.0.1:{application.port}").replace(
                f":{made.port}", f":{port}"
            )
        )
        directory = tmp_path / "slow"
        directory.mkdir()
        command = [program("oauth2-proxy"), f"--config={tmp_path / 'slow.cfg'}"]
        answers: list[Response] = []
        with running(command, directory=directory, ready=lambda: listens(port)) as process:
            client = Thread(target=lambda: answers.append(ask(port, "/slow")))
            client.start()
            assert asked.wait(20)
            process.terminate()
            time.sleep(0.3)
            assert process.poll() is None
            go_on.set()
            client.join()
            assert process.wait(20) == 0
    assert [answer.text for answer in answers] == ["done"]

"""oauth2-proxy: only who has logged in at an OpenID Connect provider gets to the application."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from urllib.parse import SplitResult

from patterns.defaults import OAUTH2_PROXY_IMAGE
from patterns.errors import InvalidValue
from patterns.model import ConfigMapKey, HttpGet, SecretKey
from patterns.model.calls import checked
from patterns.model.names import control_characters, whole_number
from patterns.model.urls import url_parts
from patterns.model.value import Value, dataclass
from patterns.sidecars.proxy_program import PROXY_PORT, ProxyPlace, ProxyProgram, check_address
from patterns.sidecars.toml import TomlValue, write_toml

CONFIG_FILE = "oauth2-proxy.cfg"
#: below the prefix that is the proxy's own, so that they hide no path of the application
READY_PATH, LIVE_PATH = "/oauth2/ready", "/oauth2/ping"
_CLIENT_SECRET, _COOKIE_SECRET, _PROVIDER_CA = "client-secret", "cookie-secret", "provider-ca.crt"
#: of gcr.io/distroless/static:nonroot, on which the image is built
_USER = 65532
_METHOD = re.compile(r"(?:[A-Z]+=)?\^")


@dataclass(frozen=True, kw_only=True)
class OAuth2Proxy(Value):
    """oauth2-proxy 7: https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview

    Who has no session is sent to the provider's login page, and comes back to ``/oauth2/callback``. The application
    gets the user in ``X-Forwarded-User``, ``X-Forwarded-Email``, ``X-Forwarded-Groups`` and
    ``X-Forwarded-Preferred-Username``; what clients send in these is taken away, on paths without a login too. The
    session is in an encrypted cookie, for HTTPS only, that no script reads; so the pod is behind something that speaks
    TLS, such as an Ingress.

    It asks the provider for its endpoints when it starts, and ends where it cannot: then the application does not
    start.

    Args:
        issuer_url: of the provider, with ``https``, exactly as the provider itself writes it.
        client_id: by which the provider knows the application.
        client_secret: key of a Secret, without an end of line.
        cookie_secret: key of a Secret with 16, 24 or 32 bytes, or these in base64: what encrypts sessions.
        email_domains: whose addresses get in, such as ``["example.com"]``; ``["*"]`` for everybody whom the provider
            knows.
        allowed_groups: of which a user has to be in one; with these alone every address gets in.
        redirect_url: where the provider sends the user back, as it is registered there:
            ``https://shop.example.com/oauth2/callback``; default ``https://``, the host of the request and that path.
        skip_auth: requests that need no login: regular expressions of paths that begin with ``^``, or with a method and
            ``=^``: ``["^/static/", "GET=^/healthz$"]``.
        api: regular expressions of paths, that begin with ``^``, for which 401 is the answer instead of a login page.
        scope: default the provider's usual, ``openid email profile``.
        provider_ca: certificates by which the provider is trusted instead of the image's own.
        trusted_proxies: addresses or networks of proxies before this one whose ``X-Forwarded-*`` are believed, such as
            those of the ingress controller; default nobody's.
        cookie_domains: for one session over several hosts, such as ``[".example.com"]``; default the host alone.
        session_seconds: whole seconds after which a user has to log in anew.
        refresh_seconds: whole seconds after which the session is asked for again at the provider, who may have ended
            it; less than ``session_seconds``; default never.
        timeout_seconds: whole seconds that the application may take for a response.
        access_log: a line for each request on standard output.
        address: that clients come to: ``"0.0.0.0"``, or ``"::"`` where pods have IPv6 addresses, for both.

    Raises:
        InvalidValue: for a bad URL, address or expression, or where nobody is said to get in.
    """

    issuer_url: str
    client_id: str
    client_secret: SecretKey
    cookie_secret: SecretKey
    email_domains: Sequence[str] = ()
    allowed_groups: Sequence[str] = ()
    redirect_url: str | None = None
    skip_auth: Sequence[str] = ()
    api: Sequence[str] = ()
    scope: str | None = None
    provider_ca: SecretKey | ConfigMapKey | None = None
    trusted_proxies: Sequence[str] = ()
    cookie_domains: Sequence[str] = ()
    session_seconds: int = 43200
    refresh_seconds: int | None = None
    timeout_seconds: int = 30
    access_log: bool = False
    address: str = "0.0.0.0"

    def __post_init__(self) -> None:
        _https_parts(self.issuer_url, "issuer_url")
        redirect_url = self.redirect_url
        if redirect_url is not None and _https_parts(redirect_url, "redirect_url").path != "/oauth2/callback":
            raise InvalidValue(
                "redirect_url must lead to /oauth2/callback, where the proxy expects the user back, got "
                f"{redirect_url!r}"
            )
        if not self.client_id.strip() or control_characters(self.client_id):
            raise InvalidValue(f"client_id must be the name that the provider gave, got {self.client_id!r}")
        if not self.email_domains and not self.allowed_groups:
            raise InvalidValue(
                'email_domains or allowed_groups must say who gets in, such as email_domains=["example.com"]; '
                'email_domains=["*"] lets everybody in whom the provider knows'
            )
        for option in ("email_domains", "allowed_groups", "cookie_domains"):
            for index, text in enumerate(getattr(self, option)):
                if not text.strip() or control_characters(text):
                    raise InvalidValue(f"{option}[{index}] must be a name, got {text!r}")
        for index, domain in enumerate(self.email_domains):
            if "@" in domain:
                raise InvalidValue(
                    f"email_domains[{index}] must be a domain, got {domain!r}; write {domain.rsplit('@', 1)[1]!r}"
                )
        for option, pattern in (("skip_auth", _METHOD), ("api", re.compile(r"\^"))):
            for index, text in enumerate(getattr(self, option)):
                if not pattern.match(text) or control_characters(text):
                    raise InvalidValue(
                        f"{option}[{index}] must begin with ^, or it would match in the middle of other paths, got "
                        f"{text!r}; write such as '^/static/'"
                    )
        for index, network in enumerate(self.trusted_proxies):
            _check_network(network, f"trusted_proxies[{index}]")
        check_address(self.address)
        whole_number(self.session_seconds, "session_seconds", 1)
        whole_number(self.refresh_seconds, "refresh_seconds", 1)
        whole_number(self.timeout_seconds, "timeout_seconds", 1)
        if self.refresh_seconds is not None and self.refresh_seconds >= self.session_seconds:
            raise InvalidValue(
                f"refresh_seconds must be less than session_seconds, {self.session_seconds}, got {self.refresh_seconds}"
            )

    def preferred_ports(self) -> Mapping[str, int]:
        """4180, which is oauth2-proxy's own."""
        return {PROXY_PORT: 4180}

    @checked
    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        """oauth2-proxy with its configuration in a file, and its secrets in others."""
        files: dict[str, SecretKey | ConfigMapKey] = {
            _CLIENT_SECRET: self.client_secret,
            _COOKIE_SECRET: self.cookie_secret,
        }
        if self.provider_ca is not None:
            files[_PROVIDER_CA] = self.provider_ca
        return ProxyProgram(
            image=OAUTH2_PROXY_IMAGE,
            command=["/bin/oauth2-proxy", f"--config={place.config_path}/{CONFIG_FILE}"],
            ready=HttpGet(place.port, path=READY_PATH),
            live=HttpGet(place.port, path=LIVE_PATH),
            config={CONFIG_FILE: write_toml(self._configuration(place))},
            files=files,
            run_as_user=_USER,
        )

    def _configuration(self, place: ProxyPlace) -> dict[str, TomlValue]:
        """Values that are oauth2-proxy's own defaults are not written.

        https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview#config-options
        """
        address = f"[{self.address}]" if ":" in self.address else self.address
        config: dict[str, TomlValue] = {
            "http_address": f"{address}:{place.port}",
            "upstreams": [f"http://127.0.0.1:{place.application_port}/"],
            "upstream_timeout": f"{self.timeout_seconds}s",
            "ready_path": READY_PATH,
            "ping_path": LIVE_PATH,
            "silence_ping_logging": True,
            "request_logging": self.access_log,
            "provider": "oidc",
            "oidc_issuer_url": self.issuer_url,
            "client_id": self.client_id,
            "client_secret_file": f"{place.files_path}/{_CLIENT_SECRET}",
            # a stolen code is of no use: https://datatracker.ietf.org/doc/html/rfc7636
            "code_challenge_method": "S256",
            # a token is of this login; not checked by default
            "insecure_oidc_skip_nonce": False,
            "skip_provider_button": True,
            "email_domains": [*self.email_domains] or ["*"],
            "cookie_secret_file": f"{place.files_path}/{_COOKIE_SECRET}",
            # browsers take a cookie of this name only with Secure, without a domain, and from HTTPS
            # https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
            "cookie_name": "__Secure-oauth2-proxy" if self.cookie_domains else "__Host-oauth2-proxy",
            "cookie_samesite": "lax",
            "cookie_expire": f"{self.session_seconds}s",
            # a password of the proxy's own for the application, which has none
            "pass_basic_auth": False,
        }
        optional: dict[str, TomlValue | None] = {
            "allowed_groups": [*self.allowed_groups],
            "redirect_url": self.redirect_url,
            "skip_auth_routes": [*self.skip_auth],
            "api_routes": [*self.api],
            "scope": self.scope,
            "provider_ca_files": [f"{place.files_path}/{_PROVIDER_CA}"] if self.provider_ca is not None else None,
            "reverse_proxy": bool(self.trusted_proxies),
            "trusted_proxy_ips": [*self.trusted_proxies],
            "cookie_domains": [*self.cookie_domains],
            "cookie_refresh": None if self.refresh_seconds is None else f"{self.refresh_seconds}s",
        }
        return {**config, **{name: value for name, value in optional.items() if value}}


def _https_parts(url: str, option: str) -> SplitResult:
    parts = url_parts(url)
    if (
        parts is None
        or parts.scheme != "https"
        or not parts.hostname
        or parts.username is not None
        or control_characters(url)
    ):
        raise InvalidValue(f"{option} must be a URL that begins with https:// and a host, got {url!r}")
    if parts.query or parts.fragment:
        raise InvalidValue(f"{option} must have no ? and no #, got {url!r}")
    return parts


def _check_network(text: str, where: str) -> None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        raise InvalidValue(f"{where} must be an IP address or a network such as '10.0.0.0/8', got {text!r}") from None
    if network.prefixlen == 0:
        raise InvalidValue(f"{where} must not be every address, got {text!r}; name the proxies before this one")

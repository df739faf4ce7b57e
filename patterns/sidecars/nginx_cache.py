"""nginx as a cache in front of the application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from patterns.defaults import NGINX_IMAGE, NGINX_TMP_SIZE_LIMIT
from patterns.errors import InvalidValue, WrongType
from patterns.model import HttpGet
from patterns.model.articles import a
from patterns.model.calls import checked
from patterns.model.names import control_characters, whole_number
from patterns.model.quantity import Quantity, whole_bytes
from patterns.model.value import Value, dataclass
from patterns.sidecars.nginx_syntax import Directive, directive, literal_text, section, write_nginx
from patterns.sidecars.proxy_program import PROXY_PORT, ProxyPlace, ProxyProgram, check_address

CONFIG_FILE = "nginx.conf"
READY_PATH = "/nginx-ready"
CACHE_DIRECTORY, TMP_DIRECTORY = "/var/cache/nginx", "/tmp"
#: https://github.com/nginx/docker-nginx-unprivileged
_USER = 101
#: what is under way at the stop signal has so long to end; the application has ended before
_SHUTDOWN_SECONDS = 5
_ZONE = "responses"
#: the least that is a cache: an index, and some responses
_LEAST_BYTES = 4 * 2**20
_TEMPORARY = ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")


@dataclass(frozen=True, kw_only=True)
class NginxCache(Value):
    """nginx, which gives again what the application has answered.

    It keeps what the application allows to keep, by ``Cache-Control`` or ``Expires``, and never what is ``private``,
    ``no-store``, ``no-cache``, or sets a cookie. Requests with a cookie or an ``Authorization`` header go past the
    cache, because their responses may be somebody's own. Of many requests for one thing that is not there, one goes to
    the application, and the others wait for it. While it is renewed, and when the application does not answer, the old
    one is given. Every response says in ``X-Cache-Status`` where it is from: ``HIT``, ``MISS``, ``STALE``, ``BYPASS``.

    nginx looks every ten seconds at the latest whether the cache is over its size, so it fills three quarters of
    ``size_limit`` and the rest is for what comes meanwhile.
    https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_path

    Args:
        size_limit: of the cache, on the node's disk, quantity such as 256Mi. Each pod has its own.
        valid_seconds: how long to keep responses that say nothing of it, by their status: ``{200: 60, 404: 5}``;
            default not at all.
        inactive_seconds: whole seconds after which what nobody asks for is removed.
        past_cookies: names of cookies with which a request goes past the cache, such as ``["session"]``; default every
            cookie. Name those that make a response somebody's own, where harmless ones come with each request.
        uncached: beginnings of paths that are never kept, such as ``["/api/"]``.
        timeout_seconds: whole seconds that the application may take between two parts of a response.
        access_log: a line for each request on standard output.
        workers: processes that serve requests.
        address: that clients come to: ``"0.0.0.0"``, or ``"::"`` where pods have IPv6 addresses, for both.

    Raises:
        InvalidValue: for a bad size, number, name or path.
    """

    size_limit: str = "256Mi"
    valid_seconds: Mapping[int, int] = field(default_factory=dict)
    inactive_seconds: int = 600
    past_cookies: Sequence[str] | None = None
    uncached: Sequence[str] = ()
    timeout_seconds: int = 60
    access_log: bool = False
    workers: int = 2
    address: str = "0.0.0.0"

    def __post_init__(self) -> None:
        if whole_bytes(self.size_limit, "size_limit") < Quantity(_LEAST_BYTES):
            raise InvalidValue(f"size_limit must be at least 4Mi, got {self.size_limit!r}")
        for status, seconds in self.valid_seconds.items():
            for what, number in ((f"valid_seconds: key {status!r}", status), (f"valid_seconds[{status!r}]", seconds)):
                if isinstance(number, bool) or not isinstance(number, int):
                    raise WrongType(f"{what} must be an int, got {a(type(number).__name__)} {number!r}")
            if not 200 <= status <= 599:
                raise InvalidValue(f"valid_seconds must be by status, 200-599, got {status}")
            whole_number(seconds, f"valid_seconds[{status}]", 1)
        whole_number(self.inactive_seconds, "inactive_seconds", 1)
        whole_number(self.timeout_seconds, "timeout_seconds", 1)
        whole_number(self.workers, "workers", 1)
        for index, name in enumerate(self.past_cookies or ()):
            if not name.isascii() or not name.replace("_", "a").isalnum():
                raise InvalidValue(
                    f"past_cookies[{index}] must be of letters, digits and _, as nginx has variables of cookies, got "
                    f"{name!r}; leave past_cookies out, so that every cookie counts"
                )
        for index, path in enumerate(self.uncached):
            if not path.startswith("/") or control_characters(path):
                raise InvalidValue(f"uncached[{index}] must begin with /, such as '/api/', got {path!r}")
            literal_text(path, f"uncached[{index}]")
            if path == "/":
                raise InvalidValue(f"uncached[{index}] must not be '/', which would leave nothing to the cache")
            if path in self.uncached[:index]:
                raise InvalidValue(f"uncached[{index}] is there twice: {path!r}")
        check_address(self.address)

    def preferred_ports(self) -> Mapping[str, int]:
        """8080 for clients, 8081 for the kubelet."""
        return {PROXY_PORT: 8080, "ready": 8081}

    @checked
    def proxy_program(self, place: ProxyPlace) -> ProxyProgram:
        """nginx with its configuration in a file."""
        ready = HttpGet(place.ports["ready"], path=READY_PATH)
        return ProxyProgram(
            image=NGINX_IMAGE,
            # not the image's entry point, whose scripts write to its configuration; `stderr` is the open file, which
            # needs no right to open it again
            command=["nginx", "-e", "stderr", "-c", f"{place.config_path}/{CONFIG_FILE}"],
            ready=ready,
            live=ready,
            config={CONFIG_FILE: write_nginx(self._configuration(place))},
            writable={CACHE_DIRECTORY: self.size_limit, TMP_DIRECTORY: NGINX_TMP_SIZE_LIMIT},
            grace_seconds=_SHUTDOWN_SECONDS + 5,
            run_as_user=_USER,
        )

    def _configuration(self, place: ProxyPlace) -> list[Directive]:
        return [
            directive("daemon", "off"),
            directive("pid", f"{TMP_DIRECTORY}/nginx.pid"),
            directive("error_log", "stderr", "warn"),
            directive("worker_processes", self.workers),
            directive("worker_shutdown_timeout", f"{_SHUTDOWN_SECONDS}s"),
            section("events", block=[directive("worker_connections", 1024)]),
            section("http", block=[*self._http(place), self._server(place), self._ready(place)]),
        ]

    def _http(self, place: ProxyPlace) -> list[Directive]:
        size = whole_bytes(self.size_limit, "size_limit")
        most = size.numerator * 3 // (size.denominator * 4)
        return [
            directive("server_tokens", "off"),
            directive("access_log", "/dev/stdout" if self.access_log else "off"),
            *(directive(f"{kind}_temp_path", f"{TMP_DIRECTORY}/{kind}") for kind in _TEMPORARY),
            # bodies pass through: only what is kept is written to the disk
            directive("client_max_body_size", 0),
            directive("proxy_request_buffering", "off"),
            directive("proxy_max_temp_file_size", 0),
            directive(
                "proxy_cache_path",
                CACHE_DIRECTORY,
                "levels=1:2",
                f"keys_zone={_ZONE}:10m",
                f"max_size={most}",
                f"inactive={self.inactive_seconds}s",
                # beside the responses, so that a rename is enough, and the size counts
                "use_temp_path=off",
            ),
            section(
                "upstream",
                "application",
                block=[directive("server", f"127.0.0.1:{place.application_port}"), directive("keepalive", 16)],
            ),
            # WebSockets go through
            section(
                "map",
                "$http_upgrade",
                "$connection_header",
                block=[directive("default", "upgrade"), directive("", "")],
            ),
            # nginx takes "0" for nothing, which a cookie may be
            section("map", self._somebody_s(), "$somebody_s", block=[directive("default", 1), directive("", 0)]),
        ]

    def _server(self, place: ProxyPlace) -> Directive:
        return section(
            "server",
            block=[
                *_listen(self.address, place.port),
                directive("proxy_http_version", "1.1"),
                directive("proxy_set_header", "Host", "$http_host"),
                directive("proxy_set_header", "Connection", "$connection_header"),
                directive("proxy_set_header", "Upgrade", "$http_upgrade"),
                directive("proxy_set_header", "X-Forwarded-For", "$proxy_add_x_forwarded_for"),
                directive("proxy_read_timeout", f"{self.timeout_seconds}s"),
                section("location", "/", block=[*self._cache(), directive("proxy_pass", "http://application")]),
                *(
                    section("location", "^~", path, block=[directive("proxy_pass", "http://application")])
                    for path in self.uncached
                ),
            ],
        )

    def _somebody_s(self) -> str:
        """What makes a response somebody's own, or no response at all."""
        cookies = ["$http_cookie"] if self.past_cookies is None else [f"$cookie_{name}" for name in self.past_cookies]
        return "".join(["$http_authorization", "$http_upgrade", *cookies])

    def _cache(self) -> list[Directive]:
        return [
            directive("proxy_cache", _ZONE),
            # all that an application makes a page of; URI and host hold no blanks, so that no client makes up a key
            directive("proxy_cache_key", "$request_uri $http_host $http_x_forwarded_proto $http_x_forwarded_host"),
            *(directive("proxy_cache_valid", code, f"{seconds}s") for code, seconds in self.valid_seconds.items()),
            directive("proxy_cache_bypass", "$somebody_s"),
            directive("proxy_no_cache", "$somebody_s"),
            directive("proxy_cache_lock", "on"),
            directive("proxy_cache_revalidate", "on"),
            directive("proxy_cache_background_update", "on"),
            directive(
                "proxy_cache_use_stale", "error", "timeout", "updating", "http_500", "http_502", "http_503", "http_504"
            ),
            directive("add_header", "X-Cache-Status", "$upstream_cache_status", "always"),
        ]

    def _ready(self, place: ProxyPlace) -> Directive:
        return section(
            "server",
            block=[
                *_listen(self.address, place.ports["ready"]),
                directive("access_log", "off"),
                section("location", "=", READY_PATH, block=[directive("return", 200)]),
                section("location", "/", block=[directive("return", 404)]),
            ],
        )


def _listen(address: str, port: int) -> list[Directive]:
    if ":" not in address:
        return [directive("listen", f"{address}:{port}")]
    return [directive("listen", f"[{address}]:{port}", *(["ipv6only=off"] if address == "::" else []))]

"""Small HTTP servers on loopback, and requests to them, for tests of what stands in between."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from integration.programs import program


@dataclass(frozen=True)
class Request:
    """What a server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True)
class Response:
    """What a client got."""

    status: int
    headers: Mapping[str, str]
    text: str


#: status and text for a request, and further headers
Answer = Callable[[Request], tuple[int, str] | tuple[int, str, Mapping[str, str]]]


@dataclass(frozen=True)
class Server:
    """A server while it runs."""

    port: int
    requests: list[Request] = field(default_factory=list)


@contextmanager
def serving(answer: Answer, *, host: str = "127.0.0.1", tls: Path | None = None) -> Iterator[Server]:
    """A server that answers so; with ``tls``, by the certificate ``tls.crt`` and ``tls.key`` in that directory."""
    requests: list[Request] = []
    connections: list[socket.socket] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            connections.append(self.connection)

        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, content)
            requests.append(request)
            status, text, *further = answer(request)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (further[0] if further else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_GET  # noqa: N815 - the names that the parent looks for

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        speak_tls(server, tls)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Server(server.server_address[1], requests)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        # a thread of its own goes on answering on a connection that is kept
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def speak_tls(server: HTTPServer, directory: Path) -> None:
    """Let a server speak TLS by the certificate ``tls.crt`` and ``tls.key`` in the directory."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "tls.crt", directory / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)


def ask(
    port: int,
    path: str = "/",
    *,
    method: str = "GET",
    host: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
    connection: HTTPConnection | None = None,
) -> Response:
    """The response to one request, on a connection of its own where none is given."""
    client = connection or HTTPConnection(host, port, timeout=10)
    client.request(method, path, headers=dict(headers or {}))
    got = client.getresponse()
    text = got.read().decode()
    if connection is None:
        client.close()
    return Response(got.status, {name.lower(): value for name, value in got.getheaders()}, text)


def ask_tls(port: int, ca: Path, name: str) -> tuple[Response, bytes]:
    """The response over TLS to a server of that name, and its certificate."""
    context = ssl.create_default_context(cafile=str(ca))
    client = HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    # the connection goes to loopback, and the certificate is for the name
    raw = HTTPConnection("127.0.0.1", port, timeout=10)
    raw.connect()
    client.sock = context.wrap_socket(raw.sock, server_hostname=name)
    certificate = client.sock.getpeercert(binary_form=True) or b""
    client.request("GET", "/", headers={"Host": name})
    got = client.getresponse()
    response = Response(got.status, dict(got.getheaders()), got.read().decode())
    client.close()
    return response, certificate


def certificate(directory: Path, *, names: str, ca: Path | None = None) -> Path:
    """``tls.crt`` and ``tls.key`` in a directory: an authority's own, or signed by that of another directory.

    Args:
        directory: made where it is not there.
        names: such as ``DNS:shop.example.com`` or ``IP:127.0.0.1``.
        ca: directory of the authority.
    """
    directory.mkdir(parents=True, exist_ok=True)
    command = [
        program("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-subj", "/CN=test", "-days", "2", "-addext", f"subjectAltName={names}"]
    command += ["-keyout", str(directory / "tls.key"), "-out", str(directory / "tls.crt")]
    if ca is not None:
        command += ["-CA", str(ca / "tls.crt"), "-CAkey", str(ca / "tls.key"), "-addext", "basicConstraints=CA:FALSE"]
    subprocess.run(command, check=True, capture_output=True)
    return directory

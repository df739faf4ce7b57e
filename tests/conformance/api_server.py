"""A real kube-apiserver on loopback, built from its Go modules or taken from ``KUBEBUILDER_ASSETS``.

It judges by dry runs: nothing is kept, and no pod is started.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patterns.errors import InvalidValue, WrongType
from patterns.model.json import Json, JsonObject
from patterns.model.quantity import Quantity

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("PATTERNS_CACHE", HERE.parent.parent / ".cache"))
VERSION = "1.37.2"
MODULES = {"etcd": "go.etcd.io/etcd/server/v3", "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver"}
SECONDS_TO_START = 120


def programs() -> dict[str, Path]:
    """etcd and kube-apiserver; Go builds what has changed, which is everything the first time: about ten minutes."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets:
        return {name: Path(assets, name) for name in MODULES}
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    release = "k8s.io/component-base/version"
    major, minor, _ = VERSION.split(".")
    flags = f"-s -w -X {release}.gitVersion=v{VERSION} -X {release}.gitMajor={major} -X {release}.gitMinor={minor}"
    made = {}
    for name, module in MODULES.items():
        made[name] = CACHE / f"{name}-{VERSION}"
        build = ["go", "build", "-trimpath", "-ldflags", flags, "-o", str(made[name]), module]
        subprocess.run(build, cwd=HERE / "server", check=True)
    return made


@dataclass(frozen=True)
class Answer:
    """What the server said.

    Args:
        code: of HTTP; from 400 on the object was refused.
        message: why.
        warnings: with which the object was taken.
        object: as the server would keep it.
    """

    code: int
    message: str
    warnings: Sequence[str]
    object: JsonObject

    @property
    def refused(self) -> bool:
        return self.code >= 400


class ApiServer:
    """Asks a running server."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        # it makes a certificate of its own at start, and nobody else is on loopback
        self._trust = ssl.create_default_context()
        self._trust.check_hostname = False
        self._trust.verify_mode = ssl.CERT_NONE
        self._connection: http.client.HTTPSConnection | None = None
        self._kinds: dict[str, dict[str, tuple[str, bool]]] = {}

    def ask(self, method: str, path: str, body: Json = None, content_type: str = "application/json") -> Answer:
        """One request, on a connection that is kept."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type, "Accept": "application/json"}
        if self._connection is None:
            self._connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self._trust, timeout=60)
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, data, headers)
        response = self._connection.getresponse()
        text = response.read()
        found: Any = json.loads(text) if text.startswith(b"{") else {"message": text.decode()}
        message = found.get("message", "") if response.status >= 400 else ""
        return Answer(response.status, message, response.headers.get_all("Warning") or [], found)

    def create(self, obj: JsonObject, namespace: str) -> Answer:
        """A strict dry run of ``kubectl create``."""
        path, placed = self._placed(obj, namespace)
        return self.ask("POST", f"{path}?dryRun=All&fieldValidation=Strict", placed) if path else _unknown(obj)

    def apply(self, obj: JsonObject, namespace: str) -> Answer:
        """A strict dry run of server-side apply."""
        path, placed = self._placed(obj, namespace)
        if not path:
            return _unknown(obj)
        query = "dryRun=All&fieldValidation=Strict&fieldManager=conformance&force=true"
        name = _metadata(placed)["name"]
        return self.ask("PATCH", f"{path}/{name}?{query}", placed, "application/apply-patch+yaml")

    def keep(self, obj: JsonObject) -> Answer:
        """Create an object that others need, such as a namespace, in its own namespace."""
        path, placed = self._placed(obj, str(_metadata(obj).get("namespace", "default")))
        return self.ask("POST", path, placed)

    def knows(self, api_version: str, kind: str) -> bool:
        """Whether the server has this kind; asked anew, for definitions that were added."""
        self._kinds.pop(api_version, None)
        return kind in self._resources(api_version)

    def _placed(self, obj: JsonObject, namespace: str) -> tuple[str, JsonObject]:
        api_version, kind = str(obj.get("apiVersion")), str(obj.get("kind"))
        resource, namespaced = self._resources(api_version).get(kind, ("", False))
        if not resource:
            return "", obj
        group = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if not namespaced:
            return f"{group}/{resource}", obj
        metadata: JsonObject = {**_metadata(obj), "namespace": namespace}
        return f"{group}/namespaces/{namespace}/{resource}", {**obj, "metadata": metadata}

    def _resources(self, api_version: str) -> dict[str, tuple[str, bool]]:
        if api_version not in self._kinds:
            group = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
            listed: Any = self.ask("GET", group).object.get("resources", [])
            self._kinds[api_version] = {
                one["kind"]: (one["name"], one["namespaced"]) for one in reversed(listed) if "/" not in one["name"]
            }
        return self._kinds[api_version]


def _metadata(obj: JsonObject) -> JsonObject:
    found = obj.get("metadata")
    return found if isinstance(found, dict) else {}


def _unknown(obj: JsonObject) -> Answer:
    return Answer(404, f"no kind {obj.get('kind')!r} in apiVersion {obj.get('apiVersion')!r}", [], {})


@contextmanager
def running(folder: Path) -> Iterator[ApiServer]:
    """A server that keeps its data in ``folder``, ended with the block."""
    made = programs()
    token = secrets.token_hex(16)
    (folder / "tokens").write_text(f'{token},admin,admin,"system:masters"\n')
    key = folder / "key"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, stderr=subprocess.DEVNULL)
    client, peer, port = _free_ports(3)
    at, between = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
    etcd = [
        made["etcd"], f"--data-dir={folder}/etcd", f"--listen-client-urls={at}", f"--advertise-client-urls={at}",
        f"--listen-peer-urls={between}", f"--initial-advertise-peer-urls={between}",
        f"--initial-cluster=default={between}",
    ]  # fmt: skip
    api_server = [
        made["kube-apiserver"], f"--etcd-servers={at}", f"--secure-port={port}", "--bind-address=127.0.0.1",
        f"--cert-dir={folder}/certificates", "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.0.0.0/24", f"--token-auth-file={folder}/tokens", "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount", "--allow-privileged=true",
    ]  # fmt: skip
    with ExitStack() as started:
        for name, command in (("etcd", etcd), ("kube-apiserver", api_server)):
            log = started.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log)
            started.callback(_end, process)
        server = ApiServer(port, token)
        _wait(server, process, folder / "kube-apiserver.log")
        yield server


def _wait(server: ApiServer, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(SECONDS_TO_START * 5):
        if process.poll() is not None:
            break
        try:
            if server.ask("GET", "/readyz").code == 200 and server.knows("apps/v1", "Deployment"):
                return
        except OSError:
            server._connection = None
        time.sleep(0.2)
    raise RuntimeError(f"kube-apiserver did not start; its last words: {log.read_text()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as opened:
        sockets = [opened.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def lost(sent: Json, kept: Json, path: str = "") -> list[str]:
    """Every leaf that was sent and did not come back; what means the same, such as ``2048Mi`` for ``2Gi``, did."""
    if isinstance(sent, dict) and isinstance(kept, dict):
        return [
            found
            for key, value in sent.items()
            for found in (
                lost(value, kept[key], f"{path}/{key}") if key in kept else [f"{path}/{key}"] if value else []
            )
        ]
    if isinstance(sent, list) and isinstance(kept, list) and len(sent) == len(kept):
        return [found for at, value in enumerate(sent) for found in lost(value, kept[at], f"{path}/{at}")]
    return [] if sent == kept or _same_quantity(sent, kept) else [f"{path}: {sent!r} came back as {kept!r}"]


def _same_quantity(sent: Json, kept: Json) -> bool:
    try:
        return isinstance(kept, str) and Quantity(sent) == Quantity(kept)  # type: ignore[arg-type]  # it raises for others
    except (InvalidValue, WrongType):
        return False

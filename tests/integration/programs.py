"""Real programs: Debian's, those that Go builds, and Python packages that carry one; run on loopback, ended by handle.

A program that is missing is a failure, not a skip: ``make integration`` says how to get it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from eventually import eventually

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("PATTERNS_CACHE", HERE.parent.parent / ".cache"))
#: Debian's package of a program, where it has another name
PACKAGES = {
    "mariadb": "mariadb-client-core",
    "mariadb-install-db": "mariadb-server-core",
    "mariadbd": "mariadb-server-core",
    "nc": "netcat-openbsd",
    "pg_dump": "postgresql",
    "psql": "postgresql",
    "initdb": "postgresql",
    "redis-cli": "redis-tools",
}
#: where Debian puts programs that are not for every user's PATH
_FURTHER = ("/usr/sbin", "/usr/lib/postgresql/*/bin")
#: the packages that the Go programs are built from; their versions stand in `programs/<name>/go.mod`
GO_PACKAGES = {
    "litestream": "github.com/benbjohnson/litestream/cmd/litestream",
    "oauth2-proxy": "github.com/oauth2-proxy/oauth2-proxy/v7",
    "prometheus-config-reloader": "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader",
    "restic": "github.com/restic/restic/cmd/restic",
    "vault": "github.com/hashicorp/vault",
}
#: build tags: without the plugins of every cloud Vault is built in half of the time
_GO_TAGS = {"vault": "minimal"}
SECONDS_TO_START = 30


@cache
def program(name: str) -> str:
    """The path of a program: one of Debian's, of this environment's Python packages, or of the Go ones."""
    if name in GO_PACKAGES:
        return str(_built(name))
    folders = [sysconfig.get_path("scripts"), *os.environ.get("PATH", "").split(os.pathsep)]
    folders += [str(path) for pattern in _FURTHER for path in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        pytest.fail(f"{name} is missing: apt-get install {PACKAGES.get(name, name)}", pytrace=False)
    return found


def _built(name: str) -> Path:
    """The program; Go builds what has changed, which is everything the first time: two minutes or so for each."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    made = CACHE / name
    build = ["go", "build", "-trimpath", "-ldflags", "-s -w", "-o", str(made)]
    build += ["-tags", _GO_TAGS.get(name, ""), GO_PACKAGES[name]]
    subprocess.run(build, cwd=HERE / "programs" / name, check=True)
    return made


@contextmanager
def running(
    command: Sequence[str],
    *,
    directory: Path,
    env: Mapping[str, str] | None = None,
    ready: Callable[[], bool],
    user: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program while it runs, from when it is ready on; at the end it gets SIGTERM, and is waited for.

    What it prints stands in ``<directory>/output``, and in the failure of a test where it does not get ready.
    """
    output = directory / "output"
    with output.open("ab") as log:
        process = subprocess.Popen(
            command, cwd=directory, env={**os.environ, **(env or {})}, stdout=log, stderr=log, user=user
        )
    try:
        if (
            not eventually(lambda: process.poll() is not None or ready(), SECONDS_TO_START)
            or process.poll() is not None
        ):
            pytest.fail(f"{command[0]} is not ready: {output.read_text(errors='replace')[-2000:]}")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_START)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def listens(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex((host, port)) == 0

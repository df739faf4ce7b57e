"""The rendered commands with the real Vault: its agent, its key-value engine, and a login in place of Kubernetes'."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eventually import eventually
from integration.http_servers import Request, Server, serving
from integration.programs import free_port, program, running
from integration.rendered import process_of

from patterns import (
    App,
    Chart,
    ConfigSyncSidecar,
    Container,
    Deployment,
    FromVault,
    ReloadByHttp,
    ReloadBySignal,
    Security,
    SharedScratch,
    VaultKey,
    VaultTemplate,
)
from patterns.model.json import object_at, objects_at, text_at
from patterns.sidecars.reloading import Reload
from patterns.testing import container_of, find, synth

ROOT = "root-token"
TOKEN = "a token of the pod's"
#: text that would change the structure of a template, of JSON or of a shell command
HOSTILE = "a'b\"c}} {{ d $(e) ${f} `g` %s # \\ é"


class Vault:
    """A development server, and somebody in front of it who answers the login: the build for tests has no such plugin.

    Everything else goes through as it is. The plugin itself asks the cluster whether the token is good.
    """

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, free_port()
        self.logins: list[dict[str, Any]] = []
        self.jwt = directory / "jwt"
        self.jwt.write_text(f"{TOKEN}\n")

    @contextmanager
    def serving(self) -> Iterator[Server]:
        command = [program("vault"), "server", "-dev", f"-dev-root-token-id={ROOT}", "-dev-no-store-token"]
        command += [f"-dev-listen-address=127.0.0.1:{self.port}", f"-dev-cluster-json={self.directory}/cluster.json"]
        env = {"HOME": str(self.directory)}
        place = self.directory / "server"
        place.mkdir()
        with running(command, directory=place, env=env, ready=self._answers):
            policy = 'path "secret/data/*" { capabilities = ["read"] }'
            self.ask("PUT", "sys/policies/acl/shop", {"policy": policy})
            with serving(self._answer) as front:
                yield front

    def _answers(self) -> bool:
        try:
            self.ask("GET", "sys/mounts")
        except OSError:
            return False
        return True

    def ask(self, method: str, path: str, body: object = None, token: str = ROOT) -> Any:
        """The server's answer."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/v1/{path}", method=method, data=data, headers={"X-Vault-Token": token}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def write(self, **values: str) -> None:
        self.ask("POST", "secret/data/shop", {"data": values})

    def _answer(self, request: Request) -> tuple[int, str] | tuple[int, str, Mapping[str, str]]:
        path = request.path.removeprefix("/v1/")
        if path == "auth/kubernetes/login":
            body = json.loads(request.body)
            self.logins.append(body)
            if body["jwt"] != TOKEN:
                return 403, json.dumps({"errors": ["permission denied"]})
            made = self.ask("POST", "auth/token/create", {"policies": ["shop"], "ttl": "1h"})
            return 200, json.dumps(made)
        token = {name.lower(): value for name, value in request.headers.items()}.get("x-vault-token", "")
        try:
            given = self.ask(request.method, path, json.loads(request.body) if request.body else None, token)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        return 200, json.dumps(given)


class Machine:
    """The node: the volume in memory, and what is rendered."""

    def __init__(self, directory: Path, vault: Vault) -> None:
        self.directory, self.vault = directory, vault
        self.secrets = directory / "files"
        self.secrets.mkdir()

    def render(self, address: str, files: Mapping[str, VaultKey | VaultTemplate], reload: Reload | None = None) -> None:
        chart = Chart(App(), "shop")
        app = Container(name="app", image="registry.example.com/shop:1.4.2")
        web = Deployment(chart, "web", security=Security(run_as_user=1000), containers=[app])
        into = SharedScratch(web, "secrets", mount_path="/secrets", medium="Memory", size_limit="1Mi").mount
        source = FromVault(address=address, role="shop", files=files, period_seconds=1)
        ConfigSyncSidecar(web, "vault", into=into, source=source, reload=reload)
        documents = synth(chart)
        self.container = container_of(find(documents, "Deployment"), "vault")
        places = {
            '"/secrets/': f'"{self.secrets}/',
            "/config-sync/token/token": str(self.vault.jwt),
            "/config-sync/config/": f"{self.directory}/",
        }
        for name, content in object_at(find(documents, "ConfigMap"), "data").items():
            text = str(content)
            for there, here in places.items():
                text = text.replace(there, here)
            (self.directory / name).write_text(text)
            # as the volume's defaultMode has it
            (self.directory / name).chmod(0o555)

    def ready(self) -> bool:
        """What the startup probe finds."""
        probe = {"command": object_at(self.container, "startupProbe", "exec")["command"]}
        command = process_of(probe, paths={"/secrets": str(self.secrets)}).command
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    @contextmanager
    def syncing(self) -> Iterator[subprocess.Popen[bytes]]:
        process = process_of(self.container, paths={"/config-sync/config": str(self.directory)})
        command = [program("vault"), *process.command[1:]]
        env = {**process.env, "HOME": "/nonexistent"}
        with running(command, directory=self.directory, env=env, ready=self.ready) as agent:
            yield agent

    def read(self, name: str) -> str:
        return (self.secrets / name).read_text()

    def said(self) -> str:
        return (self.directory / "output").read_text(errors="replace")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    place = tmp_path / "vault"
    place.mkdir()
    return Vault(place)


@pytest.fixture
def machine(tmp_path: Path, vault: Vault) -> Machine:
    place = tmp_path / "node"
    place.mkdir()
    return Machine(place, vault)


def test_the_application_starts_with_its_secrets_and_is_told_of_the_next_ones(vault: Vault, machine: Machine) -> None:
    with vault.serving() as front, serving(lambda _: (200, "")) as application:
        vault.write(password="first", user="shop")
        machine.render(
            f"http://127.0.0.1:{front.port}",
            {
                "password": VaultKey("secret/data/shop", "password"),
                "env": VaultTemplate('{{ with secret "secret/data/shop" }}U={{ .Data.data.user }} ${x}{{ end }}\n'),
            },
            ReloadByHttp(url=f"http://127.0.0.1:{application.port}/-/reload"),
        )
        assert not machine.ready()
        with machine.syncing():
            assert machine.read("password") == "first"
            assert machine.read("env") == "U=shop ${x}\n"
            assert oct((machine.secrets / "password").stat().st_mode)[-3:] == "640"
            assert vault.logins[0] == {"role": "shop", "jwt": TOKEN}
            assert eventually(lambda: len(application.requests) == 1)
            vault.write(password="second", user="shop")
            assert eventually(lambda: machine.read("password") == "second")
            assert eventually(lambda: len(application.requests) == 2)
            assert {(r.method, r.path) for r in application.requests} == {("POST", "/-/reload")}


def test_an_application_is_told_by_a_signal(vault: Vault, machine: Machine, tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = (
        "import pathlib, signal, sys\n"
        "signal.signal(signal.SIGHUP, lambda *_: pathlib.Path(sys.argv[1]).open('a').write('x'))\n"
        "pathlib.Path(sys.argv[1]).touch()\n"
        "while True: signal.pause()\n"
    )
    # a name of its own: its parent here is a python as well, and would be taken for the first of its kind
    (tmp_path / "shopd").symlink_to(sys.executable)
    application = subprocess.Popen([str(tmp_path / "shopd"), "-c", script, str(told)])
    try:
        assert eventually(told.exists)
        with vault.serving() as front:
            vault.write(password="first")
            machine.render(
                f"http://127.0.0.1:{front.port}",
                {"password": VaultKey("secret/data/shop", "password")},
                ReloadBySignal(process="shopd"),
            )
            with machine.syncing():
                assert eventually(lambda: told.read_text() == "x"), machine.said()
                vault.write(password="second")
                assert eventually(lambda: told.read_text() == "xx"), machine.said()
    finally:
        application.kill()
        application.wait()


def test_files_that_change_together_are_one_reload(vault: Vault, machine: Machine) -> None:
    """Plainly each file has its own, and an application that is told of one reads the others half old and half new."""
    names = [f"key-{number}" for number in range(8)]
    with vault.serving() as front, serving(lambda _: (200, "")) as application:
        vault.write(**dict.fromkeys(names, "first"))
        reload = ReloadByHttp(url=f"http://127.0.0.1:{application.port}/-/reload")
        files = {name: VaultKey("secret/data/shop", name) for name in names}
        machine.render(f"http://127.0.0.1:{front.port}", files, reload)

        def all_are(text: str) -> bool:
            return {machine.read(name) for name in names} == {text}

        with machine.syncing():
            assert eventually(lambda: len(application.requests) == 1)
            vault.write(**dict.fromkeys(names, "second"))
            assert eventually(lambda: all_are("second"))
            # whoever would still be told
            assert not eventually(lambda: len(application.requests) > 2, 3)
            assert len(application.requests) == 2
        # plainly: a command that is not the same for all of them
        config = machine.directory / "agent.json"
        agent = json.loads(config.read_text())
        for number, template in enumerate(agent["template"]):
            template["exec"]["command"] = [*template["exec"]["command"], str(number)]
        config.write_text(json.dumps(agent))
        application.requests.clear()
        vault.write(**dict.fromkeys(names, "third"))
        with machine.syncing():
            assert eventually(lambda: len(application.requests) == len(names))


def test_who_reads_a_secret_while_it_changes_reads_it_whole_and_half_of_it_plainly(
    vault: Vault, machine: Machine, tmp_path: Path
) -> None:
    size = 200_000
    first, second = "1" * size, "2" * size

    def rest(name: Path, change: Callable[[], object]) -> bytes:
        """What a reader finds after the beginning, when the file has changed meanwhile."""
        with name.open("rb", buffering=0) as reader:
            assert reader.read(10) == b"1" * 10
            change()
            return reader.read()

    with vault.serving() as front:
        vault.write(key=first)
        machine.render(f"http://127.0.0.1:{front.port}", {"key": VaultKey("secret/data/shop", "key")})

        def changed() -> None:
            vault.write(key=second)
            assert eventually(lambda: machine.read("key") == second)

        with machine.syncing():
            assert rest(machine.secrets / "key", changed) == b"1" * (size - 10)
    plain = tmp_path / "plain"
    plain.write_text(first)
    (tmp_path / "second").write_text(second)
    words = ["sh", "-c", f"cat {tmp_path}/second >{plain}"]
    assert rest(plain, lambda: subprocess.run(words, check=True)) == b"2" * (size - 10)


def test_a_process_that_runs_has_synced_nothing_yet_which_its_probe_says(vault: Vault, machine: Machine) -> None:
    """Without a probe an application starts as soon as the process before it does."""
    machine.render(f"http://127.0.0.1:{vault.port}", {"key": VaultKey("secret/data/shop", "key")})
    process = process_of(machine.container, paths={"/config-sync/config": str(machine.directory)})
    place = machine.directory / "agent"
    place.mkdir()
    env = {**process.env, "HOME": "/nonexistent"}
    command = [program("vault"), *process.command[1:]]
    with running(command, directory=place, env=env, ready=lambda: "refused" in (place / "output").read_text()) as agent:
        assert agent.poll() is None
        assert not machine.ready()
        assert list(machine.secrets.iterdir()) == []


def test_an_application_that_cannot_be_told_does_not_stop_the_sync(vault: Vault, machine: Machine) -> None:
    with vault.serving() as front:
        vault.write(password="first")
        machine.render(
            f"http://127.0.0.1:{front.port}",
            {"password": VaultKey("secret/data/shop", "password")},
            ReloadByHttp(url=f"http://127.0.0.1:{free_port()}/-/reload"),
        )
        with machine.syncing():
            assert eventually(lambda: "could not be told" in machine.said())
            vault.write(password="second")
            assert eventually(lambda: machine.read("password") == "second")


def test_text_of_a_user_and_of_a_secret_stays_text(vault: Vault, machine: Machine) -> None:
    with vault.serving() as front:
        vault.write(**{HOSTILE: HOSTILE})
        machine.render(f"http://127.0.0.1:{front.port}", {HOSTILE: VaultKey("secret/data/shop", HOSTILE)})
        with machine.syncing():
            assert machine.read(HOSTILE) == HOSTILE


def test_a_key_that_is_not_there_is_an_error_by_its_name_and_no_empty_file(vault: Vault, machine: Machine) -> None:
    with vault.serving() as front:
        vault.write(password="first")
        machine.render(f"http://127.0.0.1:{front.port}", {"password": VaultKey("secret/data/shop", "passwort")})
        command = process_of(machine.container, paths={"/config-sync/config": str(machine.directory)}).command
        ran = subprocess.run(
            [program("vault"), *command[1:]],
            env={**os.environ, "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ran.returncode == 1
    assert "the secret secret/data/shop has no key passwort" in ran.stdout + ran.stderr
    assert not machine.ready()


def test_a_login_that_is_refused_is_tried_again_until_it_is_not(vault: Vault, machine: Machine) -> None:
    with vault.serving() as front:
        vault.write(password="first")
        machine.render(f"http://127.0.0.1:{front.port}", {"password": VaultKey("secret/data/shop", "password")})
        vault.jwt.write_text("an old token")
        command = process_of(machine.container, paths={"/config-sync/config": str(machine.directory)}).command
        place = machine.directory / "agent"
        place.mkdir()
        refused: list[bool] = []

        def ready() -> bool:
            if "permission denied" in (place / "output").read_text(errors="replace") and not refused:
                refused.append(True)
                vault.jwt.write_text(TOKEN)
            return machine.ready()

        with running([program("vault"), *command[1:]], directory=place, env={"HOME": "/nonexistent"}, ready=ready):
            assert refused
            assert machine.read("password") == "first"


def test_the_program_keeps_to_its_container() -> None:
    """The image's own entry point would change capabilities, which a restricted container cannot."""
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])
    into = SharedScratch(web, "secrets", mount_path="/secrets", medium="Memory", size_limit="1Mi").mount
    source = FromVault(address="https://vault.example.com:8200", role="shop", files={"a": VaultKey("kv/data/a", "b")})
    ConfigSyncSidecar(web, "vault", into=into, source=source)
    container = container_of(find(synth(chart), "Deployment"), "vault")
    assert container["command"] == ["vault", "agent", "-config=/config-sync/config/agent.json"]
    assert [text_at(m, "mountPath") for m in objects_at(container, "volumeMounts")] == [
        "/secrets",
        "/config-sync/config",
        "/config-sync/token",
    ]

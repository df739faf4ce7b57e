"""The rendered commands of ``WaitFor`` against real servers: not there, starting, refusing, well."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from eventually import eventually
from integration.databases import PostgresServer, mariadb, redis
from integration.http_servers import Answer, serving
from integration.programs import free_port, program
from integration.rendered import Process, process_of

from patterns import (
    App,
    Chart,
    Container,
    Dependency,
    Deployment,
    HttpReady,
    JobComplete,
    MySqlReady,
    PostgresReady,
    RedisReady,
    SecretKey,
    TcpOpen,
    WaitFor,
)
from patterns.objects.api_access import TOKEN_DIRECTORY
from patterns.testing import container_of, find, synth

PASSWORD = SecretKey("db", "password")


def process(until: Dependency, secrets: Mapping[str, str] | None = None, seconds: int = 30) -> Process:
    chart = Chart(App(), "shop", namespace="shop")
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
    WaitFor(web, "wait", until=until, timeout_seconds=seconds, attempt_seconds=min(5, seconds))
    return process_of(container_of(find(synth(chart), "Deployment"), "wait"), secrets=secrets)


def environment(waiting: Process) -> dict[str, str]:
    """Its variables, and a PATH with the clients."""
    clients = {Path(program(name)).parent for name in ("psql", "redis-cli", "mariadb", "curl", "nc", "timeout")}
    return {"PATH": os.pathsep.join([*map(str, clients), os.environ["PATH"]]), **waiting.env}


def run(waiting: Process) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        waiting.command, env=environment(waiting), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def started(waiting: Process, output: Path) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as out:
        started = subprocess.Popen(waiting.command, env=environment(waiting), stdout=out, stderr=out)
        try:
            yield started
        finally:
            started.kill()
            started.wait()


def test_a_postgres_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "pg")
    until = PostgresReady(host="127.0.0.1", port=server.port, user="postgres", password=PASSWORD)
    output = tmp_path / "said"
    with started(process(until, {"PGPASSWORD": "secret"}), output) as waiting:
        assert eventually(lambda: "Connection refused" in output.read_text())
        with server.serving():
            assert waiting.wait(30) == 0
    assert f"wait: PostgreSQL at 127.0.0.1:{server.port} is ready" in output.read_text()


def test_a_postgres_that_refuses_the_user_is_not_ready_and_says_so(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "pg")
    with server.serving():
        until = PostgresReady(host="127.0.0.1", port=server.port, user="postgres", password=PASSWORD)
        ran = run(process(until, {"PGPASSWORD": "wrong"}, seconds=2))
        assert ran.returncode == 1
        assert ran.stderr.splitlines()[-1].endswith('password authentication failed for user "postgres"')
        # what only takes connections is ready without a user, and needs none
        assert run(process(PostgresReady(host="127.0.0.1", port=server.port))).returncode == 0
        missing = PostgresReady(
            host="127.0.0.1", port=server.port, user="postgres", database="orders", password=PASSWORD
        )
        ran = run(process(missing, {"PGPASSWORD": "secret"}, seconds=2))
        assert ran.stderr.splitlines()[-1].endswith('database "orders" does not exist')


@contextmanager
def recovering(port: int) -> Iterator[None]:
    """A server as PostgreSQL is while it recovers: it takes connections, and says that it starts up."""
    says = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
    message = b"E" + (len(says) + 4).to_bytes(4, "big") + says
    with closing(socket.create_server(("127.0.0.1", port))) as listener:

        def serve() -> None:
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    asked = client.recv(1024)
                    if asked[4:8] == (80877103).to_bytes(4, "big"):
                        client.sendall(b"N")
                        client.recv(1024)
                    client.sendall(message)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def test_an_open_port_of_a_database_that_recovers_is_enough_for_the_plain_form_and_not_for_ours() -> None:
    port = free_port()
    with recovering(port):
        assert run(process(TcpOpen(host="127.0.0.1", port=port))).returncode == 0
        for until, secrets in (
            (PostgresReady(host="127.0.0.1", port=port), {}),
            (PostgresReady(host="127.0.0.1", port=port, user="shop", password=PASSWORD), {"PGPASSWORD": "secret"}),
        ):
            ran = run(process(until, secrets, seconds=2))
            assert ran.returncode == 1, ran.stdout
            assert "rejecting connections" in ran.stderr or "is starting up" in ran.stderr


def test_a_redis_is_ready_when_it_answers_this_user(tmp_path: Path) -> None:
    port = free_port()
    until = RedisReady(host="127.0.0.1", port=port, password=PASSWORD)
    output = tmp_path / "said"
    with started(process(until, {"REDISCLI_AUTH": "secret"}), output) as waiting:
        assert eventually(lambda: "refused" in output.read_text())
        with redis(tmp_path, port, "--requirepass", "secret"):
            assert waiting.wait(30) == 0
            wrong = run(process(until, {"REDISCLI_AUTH": "wrong"}, seconds=2))
            assert wrong.returncode == 1, wrong.stdout
            without = run(process(RedisReady(host="127.0.0.1", port=port), seconds=2))
            assert without.returncode == 1
            assert "NOAUTH" in without.stderr


def test_a_redis_that_loads_its_data_is_not_ready() -> None:
    port = free_port()
    with closing(socket.create_server(("127.0.0.1", port))) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                while client.recv(1024):
                    client.sendall(b"-LOADING Redis is loading the dataset in memory\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        ran = run(process(RedisReady(host="127.0.0.1", port=port), seconds=1))
        thread.join(10)
    assert ran.returncode == 1
    assert "LOADING" in ran.stderr


def test_a_mysql_is_ready_when_it_answers_this_user(tmp_path: Path) -> None:
    port = free_port()
    until = MySqlReady(host="127.0.0.1", port=port, user="shop", database="shop", password=PASSWORD)
    with mariadb(tmp_path / "maria", port):
        ran = run(process(until, {"MYSQL_PWD": "secret"}))
        assert ran.returncode == 0, ran.stderr
        ran = run(process(until, {"MYSQL_PWD": "wrong"}, seconds=2))
        assert ran.returncode == 1
        assert "Access denied for user 'shop'" in ran.stderr


def in_turn(*answers: tuple[int, str]) -> Answer:
    """The answers one after the other, the last one again and again."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_an_http_server_is_ready_when_it_says_so() -> None:
    with serving(in_turn((503, ""), (200, ""))) as server:
        ran = run(process(HttpReady(url=f"http://127.0.0.1:{server.port}/ready?a=[1]&b={{2}}")))
        assert ran.returncode == 0
        assert "503" in ran.stderr
    with serving(in_turn((302, ""))) as server:
        assert run(process(HttpReady(url=f"http://127.0.0.1:{server.port}/"))).returncode == 0
    with serving(in_turn((404, ""))) as server:
        assert run(process(HttpReady(url=f"http://127.0.0.1:{server.port}/"), seconds=1)).returncode == 1


def condition(kind: str) -> str:
    return f'{{"metadata":{{}},"status":{{"conditions":[{{"type":"{kind}","status":"True"}}]}}}}'


#: a label that looks like a condition
LURE = '{"metadata":{"annotations":{"a":"\\"type\\":\\"Complete\\",\\"status\\":\\"True\\""}},"status":{}}'


@pytest.mark.parametrize(
    ("answers", "code", "said"),
    [
        ([(404, ""), (200, LURE), (200, condition("Complete"))], 0, "it is not there yet"),
        ([(200, condition("Failed"))], 120, "it has failed; see the log of its pods"),
        ([(200, condition("Suspended"))], 1, "it runs"),
        ([(403, "")], 1, "the ServiceAccount may not ask for it"),
        ([(500, "")], 1, "the API server answers 500"),
    ],
)
def test_a_job_is_waited_for_until_it_has_succeeded_or_failed(
    tmp_path: Path, answers: list[tuple[int, str]], code: int, said: str
) -> None:
    (tmp_path / "token").write_text("the-token")
    (tmp_path / "ca.crt").write_text("")
    with serving(in_turn(*answers)) as server:
        waiting = process(JobComplete(name="migrate"), {"POD_NAMESPACE": "shop"}, seconds=9 if code == 0 else 1)
        # the API server's TLS is looked at by the conformance tier
        command = [word.replace("https://", "http://") for word in waiting.command]
        command = [str(tmp_path) if word == TOKEN_DIRECTORY else word for word in command]
        env = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT_HTTPS": str(server.port), **waiting.env}
        ran = run(Process(command, env))
    assert ran.returncode == code, ran.stderr
    assert said in ran.stderr
    assert {request.headers.get("authorization") for request in server.requests} == {"Bearer the-token"}
    assert "/apis/batch/v1/namespaces/shop/jobs/migrate" in " ".join(command)
    assert "the-token" not in " ".join(command)

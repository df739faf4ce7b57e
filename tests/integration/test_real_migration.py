"""A ``Migration``'s rendered container against a real PostgreSQL, and a pod that waits for its Job."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.databases import PostgresServer
from integration.http_servers import Request, serving
from integration.programs import program
from integration.rendered import Process, process_of

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    JobComplete,
    JsonObject,
    Migration,
    PostgresReady,
    SecretKey,
    WaitFor,
)
from patterns.objects.api_access import TOKEN_DIRECTORY
from patterns.testing import container_of, find, synth

SECRETS = {"PGPASSWORD": "secret", "POD_NAMESPACE": "shop"}
PASSWORD = SecretKey("shop-owner", "password")


@pytest.fixture(scope="module")
def server(module_path: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(module_path / "pg")
    with server.serving():
        yield server


def rollout(server: PostgresServer, sql: str) -> list[JsonObject]:
    """A Job that waits for the database and changes it, and a Deployment that waits for the Job."""
    chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
    migrate = Container(
        name="migrate",
        image="registry.example.com/shop:1.4.2",
        command=["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--single-transaction", "--command", sql],
        env={"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGUSER": "postgres", "PGPASSWORD": PASSWORD},
    )
    migration = Migration(chart, "migrate", containers=[migrate])
    ready = PostgresReady(host="127.0.0.1", port=server.port, user="postgres", password=PASSWORD)
    WaitFor(migration, "wait-for-db", until=ready)
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])
    WaitFor(web, "wait-for-schema", until=JobComplete(name=migration.name), timeout_seconds=60)
    return synth(chart)


def run(process: Process) -> subprocess.CompletedProcess[str]:
    clients = {Path(program(name)).parent for name in ("psql", "curl", "timeout")}
    env = {"PATH": os.pathsep.join([*map(str, clients), os.environ["PATH"]]), **process.env}
    return subprocess.run(process.command, env=env, capture_output=True, text=True, timeout=90, check=False)


class Jobs:
    """The API server's Jobs, run as a kubelet and the Job controller do it: the containers, then the condition."""

    def __init__(self, job: JsonObject) -> None:
        self.job = job
        self.condition = ""
        self.runs: list[subprocess.CompletedProcess[str]] = []
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        time.sleep(1)
        for name in ("wait-for-db", "migrate"):
            self.runs.append(run(process_of(container_of(self.job, name), secrets=SECRETS)))
        self.condition = "Failed" if any(ran.returncode for ran in self.runs) else "Complete"

    def answer(self, request: Request) -> tuple[int, str]:
        metadata = self.job["metadata"]
        assert isinstance(metadata, dict)
        if request.path != f"/apis/batch/v1/namespaces/shop/jobs/{metadata['name']}":
            return 404, ""
        condition = f'{{"type":"{self.condition}","status":"True"}}' if self.condition else ""
        return 200, f'{{"metadata":{{}},"status":{{"conditions":[{condition}]}}}}'


def waited(documents: list[JsonObject], directory: Path) -> tuple[subprocess.CompletedProcess[str], Jobs]:
    """The end of the pod's wait, while the Job runs."""
    (directory / "token").write_text("the-token")
    (directory / "ca.crt").write_text("")
    jobs = Jobs(find(documents, "Job"))
    with serving(jobs.answer) as api:
        waiting = process_of(container_of(find(documents, "Deployment"), "wait-for-schema"), secrets=SECRETS)
        # the API server's TLS is looked at by the conformance tier
        command = [word.replace("https://", "http://") for word in waiting.command]
        command = [str(directory) if word == TOKEN_DIRECTORY else word for word in command]
        env = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT_HTTPS": str(api.port), **waiting.env}
        jobs.thread.start()
        ran = run(Process(command, env))
        jobs.thread.join(60)
    return ran, jobs


def test_a_pod_starts_when_the_job_has_changed_the_schema(server: PostgresServer, tmp_path: Path) -> None:
    ran, jobs = waited(rollout(server, "CREATE TABLE notes (id int)"), tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert [each.returncode for each in jobs.runs] == [0, 0]
    assert "it runs" in ran.stderr
    assert server.psql("SELECT count(*) FROM notes") == "0"


def test_a_pod_does_not_start_when_the_job_has_failed_and_nothing_of_it_stays(
    server: PostgresServer, tmp_path: Path
) -> None:
    ran, jobs = waited(rollout(server, "CREATE TABLE half (id int); SELECT 1 / 0"), tmp_path)
    assert ran.returncode == 120
    assert ran.stderr.splitlines()[-1].endswith("it has failed; see the log of its pods")
    assert "division by zero" in jobs.runs[-1].stderr
    assert server.psql("SELECT to_regclass('half') IS NULL") == "t"


def test_another_schema_is_another_job_that_the_pods_of_the_version_before_do_not_wait_for(
    server: PostgresServer,
) -> None:
    names = [str(find(rollout(server, sql), "Job")["metadata"]) for sql in ("SELECT 1", "SELECT 1", "SELECT 2")]
    assert names[0] == names[1]
    assert names[1] != names[2]

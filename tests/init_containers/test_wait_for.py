"""Waiting: what is rendered, what is refused, and the script with any command."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import somebody_elses

from patterns import (
    App,
    Attempt,
    Chart,
    ConfigMapKey,
    Container,
    Dependency,
    Deployment,
    HttpReady,
    InvalidValue,
    Job,
    JobComplete,
    JsonObject,
    MySqlReady,
    PatternError,
    PostgresReady,
    RedisReady,
    ResourceRequirements,
    SecretKey,
    Security,
    Sidecar,
    TcpOpen,
    WaitFor,
    WrongType,
)
from patterns.init_containers.wait_for import SCRIPT
from patterns.model.json import objects_at
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])
DB = PostgresReady(host="db", user="shop", password=SecretKey("shop-db", "password"))


def web(**options: Any) -> Deployment:
    chart = Chart(App(**options), "shop", namespace="shop", disable_resource_name_hashes=True)
    return Deployment(chart, "web", containers=[APP])


def waiting(workload: Deployment, name: str = "wait") -> JsonObject:
    return container_of(find(synth(workload.chart), "Deployment"), name)


def test_smallest_call(yaml_snapshot: object) -> None:
    workload = web()
    WaitFor(workload, "wait-for-db", until=PostgresReady(host="db"))
    assert synth(workload.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    workload = web()
    Sidecar(workload, "proxy", container=Container(name="proxy", image="registry.example.com/proxy:1.0.0"))
    WaitFor(
        workload,
        "wait-for-db",
        until=PostgresReady(
            host="db.shop.svc",
            port=6432,
            user="shop",
            database="orders",
            password=SecretKey("shop-db", "password"),
            ssl_mode="verify-ca",
            ca=ConfigMapKey("company-ca", "ca.crt"),
        ),
        timeout_seconds=60,
        attempt_seconds=5,
        image="registry.example.com/postgres-client:18.1",
        env={"PGOPTIONS": "-c statement_timeout=2000"},
        resources=ResourceRequirements(requests={"memory": "32Mi"}),
        security=Security(run_as_user=70, read_only_root_filesystem=True),
        after=["proxy"],
    )
    assert synth(workload.chart) == yaml_snapshot


def test_every_dependency(yaml_snapshot: object) -> None:
    workload = web()
    password = SecretKey("stores", "password")
    ca = ConfigMapKey("company-ca", "ca.crt")
    WaitFor(workload, "mysql", until=MySqlReady(host="db", user="shop", password=password, database="shop", ca=ca))
    WaitFor(workload, "redis", until=RedisReady(host="cache", user="shop", password=password, ca=ca))
    WaitFor(workload, "http", until=HttpReady(url="https://auth.example.com/ready", ca=ca))
    WaitFor(workload, "tcp", until=TcpOpen(host="legacy", port=1521))
    WaitFor(workload, "job", until=JobComplete(name="migrate"))
    documents = synth(workload.chart)
    for container in objects_at(pod_spec_of(documents[0]), "initContainers"):
        command = container["command"]
        assert isinstance(command, list)
        assert command[2] == SCRIPT
        command[2] = "<wait.sh>"
    assert documents == yaml_snapshot


def test_a_dependency_of_one_s_own() -> None:
    @dataclass(frozen=True)
    class NatsReady:
        host: str

        def attempt(self) -> Attempt:
            return Attempt(
                what=f"NATS at {self.host}", command=["nats", "rtt"], image="docker.io/natsio/nats-box:0.18.0"
            )

    workload = web()
    WaitFor(workload, "wait", until=NatsReady("bus"))
    container = waiting(workload)
    assert container["image"] == "docker.io/natsio/nats-box:0.18.0"
    assert container["command"][3:] == ["wait", "300", "10", "NATS at bus", "nats", "rtt"]  # type: ignore[index]


def test_no_secret_is_in_the_command() -> None:
    workload = web()
    dependencies: dict[str, Dependency] = {
        "a": DB,
        "b": MySqlReady(host="db", user="shop", password=SecretKey("s", "p")),
        "c": RedisReady(host="db", password=SecretKey("s", "p")),
    }
    for name, until in dependencies.items():
        WaitFor(workload, name, until=until)
        container = waiting(workload, name)
        assert [e["valueFrom"] for e in objects_at(container, "env") if "valueFrom" in e]
        assert "secretKeyRef" not in str(container["command"])


def test_a_job_may_be_asked_for_and_nothing_else_and_by_this_container_alone() -> None:
    workload = web()
    WaitFor(workload, "wait", until=JobComplete(name="migrate-3f2a"))
    documents = synth(workload.chart)
    assert find(documents, "Role")["rules"] == [
        {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["get"], "resourceNames": ["migrate-3f2a"]}
    ]
    deployment = find(documents, "Deployment")
    assert pod_spec_of(deployment)["automountServiceAccountToken"] is False
    assert [m["name"] for m in objects_at(container_of(deployment, "wait"), "volumeMounts")] == ["wait-token"]
    assert "volumeMounts" not in container_of(deployment, "app")


def test_it_is_placed_on_somebody_else_s_workload_and_in_a_job() -> None:
    chart = Chart(App(), "shop", namespace="shop")
    WaitFor(somebody_elses.workload(chart), "wait", until=DB)
    WaitFor(Job(chart, "job", containers=[APP]), "wait", until=DB)
    documents = synth(chart)
    for kind in ("Deployment", "Job"):
        assert [c["name"] for c in objects_at(pod_spec_of(find(documents, kind)), "initContainers")] == ["wait"]
    assert pod_spec_of(find(documents, "Deployment"))["containers"] == [{"name": "app", "image": "a:1"}]


HOSTILE = ["$(PATH)", "${HOME}", "a'b", 'a"b', "a;b", "`id`", "%s", "#", "{{x}}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_user_stays_text(text: str) -> None:
    workload = web()
    WaitFor(workload, "wait", until=MySqlReady(host="db", user=text))
    command = waiting(workload)["command"]
    assert f"--user={text.replace('$(', '$$(')}" in command  # type: ignore[operator]


@pytest.mark.parametrize(
    ("until", "message"),
    [
        (lambda: PostgresReady(host=""), "host must be a name or an address, such as 'db' or 'db.shop.svc', got ''"),
        (lambda: PostgresReady(host="db:5432"), None),
        (lambda: PostgresReady(host="-db"), "host must be a name or an address"),
        (lambda: PostgresReady(host="db", port=0), "port must be 1-65535, got 0"),
        (
            lambda: PostgresReady(host="db", password=SecretKey("a", "b")),
            "user must be given with a password or a database",
        ),
        (lambda: PostgresReady(host="db", database="shop"), "user must be given with a password or a database"),
        (lambda: HttpReady(url="ftp://a"), "url must be such as 'http://auth:8080/ready', got 'ftp://a'"),
        (lambda: HttpReady(url="http://a:99999"), "url must be such as 'http://auth:8080/ready'"),
        (lambda: HttpReady(url="http://me:pw@a/"), "url must hold no user and password"),
        (lambda: TcpOpen(host="db", port=70000), "port must be 1-65535, got 70000"),
        (lambda: JobComplete(name="My Job"), "name must be a DNS-1123 subdomain"),
        (lambda: Attempt(what="x", command=[], image="a:1"), "command must be a list of words"),
    ],
)
def test_a_mistake_is_refused(until: Any, message: str | None) -> None:
    if message is None:
        # an IPv6 address has colons too
        assert until()
        return
    with pytest.raises(PatternError) as raised:
        until()
    assert message in str(raised.value)


@pytest.mark.parametrize(
    "until",
    [
        TcpOpen(host="localhost", port=8080),
        HttpReady(url="http://127.0.0.1:8080/ready"),
        HttpReady(url="http://[::1]:8080/ready"),
        PostgresReady(host="127.0.0.2", port=8080),
        MySqlReady(host="localhost", port=8080, user="shop"),
        RedisReady(host="::1", port=8080),
    ],
)
def test_a_wait_for_the_pod_s_own_application_would_never_end_and_is_refused(until: Dependency) -> None:
    with pytest.raises(InvalidValue) as raised:
        WaitFor(web(), "wait", until=until)
    assert "until must not ask port 8080 of container 'app' of the same pod, which starts when" in str(raised.value)


def test_what_is_on_loopback_and_not_the_application_may_be_waited_for() -> None:
    workload = web()
    pooler = Container(name="pooler", image="registry.example.com/pgbouncer:1.24.1", ports=[6432])
    Sidecar(workload, "pooler", container=pooler)
    WaitFor(workload, "wait", until=PostgresReady(host="127.0.0.1", port=6432), after=["pooler"])
    WaitFor(workload, "other", until=TcpOpen(host="app", port=8080))
    WaitFor(workload, "undeclared", until=TcpOpen(host="localhost", port=9000))
    assert waiting(workload)


def test_times_that_cannot_be_are_refused() -> None:
    with pytest.raises(InvalidValue, match="timeout_seconds must be at least 1, got 0"):
        WaitFor(web(), "wait", until=DB, timeout_seconds=0)
    with pytest.raises(InvalidValue, match="attempt_seconds must be at most 5, got 10"):
        WaitFor(web(), "wait", until=DB, timeout_seconds=5)


def test_what_is_no_dependency_is_refused() -> None:
    with pytest.raises(WrongType, match="until must be a Dependency, got a str 'db'"):
        WaitFor(web(), "wait", until="db")  # type: ignore[arg-type]


# --- the script -------------------------------------------------------------------------------------------------------


def run(
    programs: Path, seconds: int, command: Sequence[str], *, each: int = 5, what: str = "it"
) -> subprocess.CompletedProcess[str]:
    words = [str(programs / "sh"), "-c", SCRIPT, "wait", str(seconds), str(each), what, *command]
    return subprocess.run(words, env={"PATH": str(programs)}, capture_output=True, text=True, timeout=60, check=False)


def test_it_ends_well_as_soon_as_the_command_does(programs: Path, tmp_path: Path) -> None:
    script = f'if [ -e {tmp_path}/second ]; then exit 0; fi; : >{tmp_path}/second; echo "not yet" >&2; exit 1'
    ran = run(programs, 30, ["sh", "-c", script])
    assert ran.returncode == 0
    assert re.fullmatch(r"wait: it is not ready \(attempt 1, [01] of 30 s\): not yet\n", ran.stderr)
    assert ran.stdout.startswith("wait: it is ready, after ")


@pytest.mark.slow
def test_it_gives_up_when_its_time_is_over_and_says_why(programs: Path) -> None:
    start = time.monotonic()
    ran = run(programs, 2, ["sh", "-c", "echo refused; echo try later; exit 1"])
    assert ran.returncode == 1
    assert 1 < time.monotonic() - start < 6
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("wait: gave up on it after ")
    assert last.endswith("the last one said: refused try later")


@pytest.mark.slow
def test_two_that_wait_for_each_other_are_silent_for_ever_plainly_and_ours_say_for_what(
    programs: Path, tmp_path: Path
) -> None:
    """As "Init:0/1" looks: each makes its file when it has seen the other's."""
    words = {name: ["sh", "-c", f"[ -e {tmp_path}/{other} ]"] for name, other in (("a", "b"), ("b", "a"))}
    loops = [
        subprocess.Popen(
            [str(programs / "sh"), "-c", f'until "$@"; do sleep 1; done; : >{tmp_path}/{name}', "plain", *each],
            env={"PATH": str(programs)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        for name, each in words.items()
    ]
    try:
        for name, each in words.items():
            begun = time.monotonic()
            ran = run(programs, 2, each, what=f"the other of {name}")
            assert ran.returncode == 1
            said = re.match(rf"wait: gave up on the other of {name} after (\d+) s and ", ran.stderr.splitlines()[-1])
            # on a busy machine it is late, and says so
            assert said is not None
            assert 2 <= int(said[1]) <= time.monotonic() - begun + 1
        assert [loop.poll() for loop in loops] == [None, None]
    finally:
        for loop in loops:
            os.killpg(loop.pid, signal.SIGKILL)
    assert [loop.communicate()[0] for loop in loops] == [b"", b""]


#: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy
BACK_OFF = [0, *(min(10 * 2**n, 300) for n in range(10))]


def over_after(pauses: Sequence[float], outage: float) -> float:
    """When the first attempt after an outage is made, where attempts follow each other by these pauses."""
    return next(at for at in accumulate(pauses) if at >= outage)


def test_an_outage_of_minutes_is_over_seconds_later_and_not_after_the_kubelet_s_back_off(
    programs: Path, tmp_path: Path
) -> None:
    """The plain form asks once, ends with an error, and leaves it to the kubelet to ask again."""
    asked, slept = tmp_path / "asked", tmp_path / "slept"
    # time passes in no time: what is slept is written down
    (programs / "sleep").unlink()
    (programs / "sleep").write_text(f'#!{programs}/sh\necho "$1" >>{slept}\n')
    (programs / "sleep").chmod(0o755)
    ran = run(programs, 600, ["sh", "-c", f"echo x >>{asked}; [ $(tr -d '\\n' <{asked}) = {'x' * 40} ]"])
    assert ran.returncode == 0, ran.stderr
    pauses = [float(line) for line in slept.read_text().splitlines()]
    assert len(pauses) == 39
    for outage in (60, 120, 180):
        assert over_after(pauses, outage) - outage <= 10
    assert [over_after(BACK_OFF, outage) for outage in (60, 120, 180)] == [70, 150, 310]


RECORDED = Path(os.environ.get("SHARED", Path(__file__).parents[3] / "shared")) / "behaviour" / "init-fails-twice.json"


@pytest.mark.skipif(not RECORDED.is_file(), reason="what a kubelet was seen to do is not here")
def test_the_kubelet_s_back_off_is_what_it_was_seen_to_be() -> None:
    trace = json.loads(RECORDED.read_text())["trace"]
    starts = [at for at, name, _, event, *_ in trace if (name, event) == ("flaky", "started")]
    ends = [at for at, name, _, event, *_ in trace if (name, event) == ("flaky", "terminated")]
    pauses = [start - end for end, start in zip(ends, starts[1:], strict=False)]
    assert [abs(pause - expected) < 3 for pause, expected in zip(pauses, BACK_OFF, strict=False)] == [True, True]


@pytest.mark.slow
def test_a_command_that_hangs_is_one_attempt(programs: Path) -> None:
    ran = run(programs, 2, ["sleep", "60"], each=1)
    assert ran.returncode == 1
    assert "no answer within 1 s" in ran.stderr


def test_it_waits_no_longer_for_what_will_never_be(programs: Path) -> None:
    ran = run(programs, 60, ["sh", "-c", "echo it has failed; exit 120"])
    assert ran.returncode == 120
    assert ran.stderr.splitlines()[-1] == "wait: it will never be ready: it has failed"


@pytest.mark.parametrize("text", [*HOSTILE, "two\nlines", "-n", "*"])
def test_no_text_is_read_by_the_shell(programs: Path, text: str) -> None:
    ran = run(programs, 9, ["sh", "-c", 'printf "%s" "$1" >&2; exit 120', "x", text], what=text)
    assert ran.stderr.endswith(f"wait: {text} will never be ready: {' '.join(text.split())}\n")


def test_a_stop_signal_ends_it(programs: Path) -> None:
    words = [str(programs / "sh"), "-c", SCRIPT, "wait", "60", "5", "it", "sh", "-c", "exit 1"]
    with subprocess.Popen(words, env={"PATH": str(programs)}, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 143

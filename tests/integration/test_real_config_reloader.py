"""The rendered commands beside real applications, and files that change as the kubelet changes them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import shells
from eventually import eventually
from integration.http_servers import ask, serving
from integration.programs import free_port, listens, program, running
from integration.rendered import process_of

from patterns import (
    App,
    Chart,
    ConfigReloader,
    Container,
    Deployment,
    ReloadByHttp,
    ReloadBySignal,
    Security,
    Volume,
    VolumeMount,
)
from patterns.model import JsonObject
from patterns.model.json import objects_at
from patterns.sidecars.reloading import SIGNAL_SCRIPT, Reload, http_command, signal_env
from patterns.testing import container_of, find, synth

MOUNT = VolumeMount(volume=Volume.config_map("config", "web"), mount_path="/etc/web", read_only=True)


def rendered(reload: Reload, period_seconds: int = 1) -> JsonObject:
    chart = Chart(App(), "web")
    app = Container(name="app", image="registry.example.com/web:1.0.0", volume_mounts=[MOUNT])
    web = Deployment(chart, "web", security=Security(run_as_user=101), containers=[app])
    port = free_port() if isinstance(reload, ReloadByHttp) else None
    ConfigReloader(web, "reload", watch=[MOUNT], reload=reload, period_seconds=period_seconds, port=port)
    return container_of(find(synth(chart), "Deployment"), "reload")


class ConfigMap:
    """A ConfigMap's volume: links through ``..data`` to a directory of its own for each state."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder, self.number = folder, 0
        folder.mkdir()
        for name in files:
            (folder / name).symlink_to(f"..data/{name}")
        self.write(**files)

    def write(self, **files: str) -> None:
        self.number += 1
        state = self.folder / f"..{self.number}"
        state.mkdir()
        for name, text in files.items():
            (state / name).write_text(text)
        (self.folder / "..data_tmp").symlink_to(state.name)
        (self.folder / "..data_tmp").rename(self.folder / "..data")


@pytest.fixture
def config(tmp_path: Path) -> ConfigMap:
    return ConfigMap(tmp_path / "config", text="first")


@contextmanager
def watching(container: JsonObject, config: ConfigMap, tools: Path | None = None) -> Iterator[Path]:
    """The sidecar while it runs; gives the file with what it says."""
    process = process_of(container, paths={"/etc/web": str(config.folder)})
    words = process.command
    port = next((p["containerPort"] for p in objects_at(container, "ports")), None)
    folder = config.folder.parent / "reloader"
    folder.mkdir()
    if tools is None:
        words = [program("prometheus-config-reloader"), *words]
        with running(words, directory=folder, ready=lambda: listens(int(str(port)))):
            yield folder / "output"
        return
    words = [str(tools / words[0]), *words[1:]]
    with running(words, directory=folder, env={**process.env, "PATH": str(tools)}, ready=lambda: True):
        yield folder / "output"


def test_a_request_for_each_change_and_again_until_it_is_answered(config: ConfigMap) -> None:
    status = [500]
    with serving(lambda _: (status[0], "")) as application:
        container = rendered(ReloadByHttp(url=f"http://127.0.0.1:{application.port}/-/reload"))
        with watching(container, config):
            # it tells once at its start: what changed before, nobody knows
            assert eventually(lambda: len(application.requests) >= 1)
            status[0] = 200
            before = len(application.requests)
            assert eventually(lambda: len(application.requests) > before), "a failure is tried again"
            before = len(application.requests)
            config.write(text="second")
            assert eventually(lambda: len(application.requests) > before)
            assert {(r.method, r.path) for r in application.requests} == {("POST", "/-/reload")}


@pytest.fixture(params=shells.KINDS)
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    return shells.link_tools(request.param, folder, ("sh", "sleep", "find", "md5sum", "sort", "kill"))


@pytest.mark.parametrize("kind", shells.KINDS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_by_wget_and_again_until_it_is_answered(tmp_path: Path, kind: str, method: str) -> None:
    tools = shells.link_tools(kind, tmp_path, ("sh", "timeout", "wget", "tail", "tr", "sleep"))
    answers = iter((500, 200))
    with serving(lambda _: (next(answers), "")) as application:
        url = f"http://127.0.0.1:{application.port}/it's?a=$(id)&b=%20"
        command = http_command(ReloadByHttp(url=url, method=method))  # type: ignore[arg-type]
        words = [str(tools / command[0]), *command[1:]]
        ran = subprocess.run(words, env={"PATH": str(tools)}, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert f"{url} reloaded" in ran.stdout
    assert [r.method for r in application.requests] == [method, method]


@pytest.mark.parametrize("kind", shells.KINDS)
def test_an_application_that_is_not_there_is_said_and_is_no_failure(tmp_path: Path, kind: str) -> None:
    tools = shells.link_tools(kind, tmp_path, ("sh", "timeout", "wget", "tail", "tr", "sleep"))
    command = http_command(ReloadByHttp(url=f"http://127.0.0.1:{free_port()}/"))
    words = [str(tools / command[0]), *command[1:]]
    ran = subprocess.run(words, env={"PATH": str(tools)}, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert "could not be told" in ran.stdout
    assert "refused" in ran.stdout.lower()


def test_nginx_reads_its_configuration_again_at_the_signal(config: ConfigMap, tools: Path, tmp_path: Path) -> None:
    port = free_port()

    def conf(text: str) -> str:
        temporary = "".join(f"{kind}_temp_path {tmp_path}/t;" for kind in ("client_body", "proxy", "fastcgi"))
        temporary += "".join(f"{kind}_temp_path {tmp_path}/t;" for kind in ("uwsgi", "scgi"))
        server = f"server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{text}'; }} }}"
        http = f"http {{ access_log off; {temporary} {server} }}"
        return f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{}} {http}"

    config = ConfigMap(tmp_path / "nginx", conf=conf("first"))
    place = tmp_path / "place"
    place.mkdir()
    command = [program("nginx"), "-c", str(config.folder / "conf"), "-e", "stderr"]
    with (
        running(command, directory=place, ready=lambda: listens(port)),
        watching(rendered(ReloadBySignal(process="nginx")), config, tools) as said,
    ):
        assert ask(port).text == "first"
        # plain: a changed ConfigMap alone changes nothing in nginx
        time.sleep(1.5)
        config.write(conf=conf("second"))
        assert eventually(lambda: ask(port).text == "second"), said.read_text()
        assert "sent HUP" in said.read_text()


def test_a_process_without_a_handler_is_not_ended(config: ConfigMap, tools: Path) -> None:
    name = Path(sys.executable).resolve().name[:15]
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    # this process itself has the name as well, and no handler
    try:
        with watching(rendered(ReloadBySignal(process=name, signal="USR2")), config, tools) as said:
            time.sleep(1.5)
            config.write(text="second")
            assert eventually(lambda: "no process" in said.read_text()), said.read_text()
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


#: tells for every change, as soon as it sees it
STORM = """
old=$(cat "$1"/text)
while :; do
    new=$(cat "$1"/text)
    if [ "$new" != "$old" ]; then old=$new; echo told; fi
    sleep 0.02
done
"""


@pytest.mark.parametrize("by", ["request", "signal"])
def test_many_changes_are_as_many_reloads_plainly_and_one_a_second_with_ours(
    config: ConfigMap, tmp_path: Path, by: str
) -> None:
    (tmp_path / "bin").mkdir()
    tools = shells.link_tools("sh", tmp_path / "bin", ("sh", "sleep", "find", "md5sum", "sort", "kill"))
    plain = tmp_path / "plain"
    plain.mkdir()
    with serving(lambda _: (200, "")) as application:
        reload: Reload = ReloadByHttp(url=f"http://127.0.0.1:{application.port}/-/reload")
        if by == "signal":
            # whom it does not find it tells nothing, and says so
            reload = ReloadBySignal(process="nobody")
        with (
            running(["sh", "-c", STORM, "plain", str(config.folder)], directory=plain, ready=lambda: True),
            watching(rendered(reload), config, None if by == "request" else tools) as said,
        ):

            def told() -> int:
                return len(application.requests) if by == "request" else said.read_text().count("no process nobody")

            assert by == "signal" or eventually(lambda: told() == 1)
            before, start = told(), time.monotonic()
            for number in range(40):
                config.write(text=f"change {number}")
                assert eventually(lambda n=number: (plain / "output").read_text().count("told") == n + 1, 10)  # type: ignore[misc]
            assert eventually(lambda: told() > before)
            time.sleep(2)
            assert told() - before <= time.monotonic() - start + 1
            assert (plain / "output").read_text().count("told") == 40


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_signal_that_is_not_permitted_says_so(tmp_path: Path) -> None:
    (tmp_path / "shopd").symlink_to(sys.executable)
    script = "import signal; signal.signal(signal.SIGHUP, print); print('ready', flush=True); signal.pause()"
    application = subprocess.Popen([str(tmp_path / "shopd"), "-c", script], stdout=subprocess.PIPE)
    assert application.stdout is not None
    try:
        assert application.stdout.readline() == b"ready\n"
        env = {**os.environ, **signal_env(ReloadBySignal(process="shopd"))}
        ran = subprocess.run(
            ["sh", "-c", SIGNAL_SCRIPT], env=env, cwd="/", user=65534, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, "who writes the files goes on with it"
        assert f"may not send HUP to {application.pid}, shopd, which runs as another user" in ran.stderr
        assert ran.stdout == ""
    finally:
        application.kill()
        application.wait()
        application.stdout.close()


def test_files_that_stay_the_same_tell_nobody(config: ConfigMap, tools: Path) -> None:
    with watching(rendered(ReloadBySignal(process="nobody")), config, tools) as said:
        time.sleep(1.5)
        config.write(text="first")
        time.sleep(3)
        assert said.read_text() == ""


def test_the_stop_signal_ends_it_at_once(config: ConfigMap, tools: Path) -> None:
    container = rendered(ReloadBySignal(process="nobody"), period_seconds=600)
    process = process_of(container, paths={"/etc/web": str(config.folder)})
    words = [str(tools / process.command[0]), *process.command[1:]]
    started = subprocess.Popen(words, env={**os.environ, **process.env, "PATH": str(tools)})
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
    assert eventually(lambda: _named("sleep", children.read_text().split()))
    started.terminate()
    assert started.wait(60) == 0


def _named(name: str, pids: list[str]) -> bool:
    with suppress(FileNotFoundError):
        return any(Path(f"/proc/{pid}/comm").read_text() == f"{name}\n" for pid in pids)
    return False

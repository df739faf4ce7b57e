"""The real Fluent Bit with what is rendered for it; FLUENT_BIT=/path/to/fluent-bit runs it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from sidecars.fluent_bit_program import FLUENT_BIT, local
from sidecars.logged_shop import ES, Shop

from patterns.model import (
    SecretKey,
)
from patterns.model.json import objects_at
from patterns.sidecars.log_output import FluentBitOutput, LogOutput
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.splunk import Splunk
from patterns.testing import pod_spec_of

needs_fluent_bit = pytest.mark.skipif(FLUENT_BIT is None, reason="FLUENT_BIT names no fluent-bit")
STDOUT = FluentBitOutput("stdout", {"format": "json_lines"})


@needs_fluent_bit
@pytest.mark.parametrize(
    "to",
    [
        ES,
        Splunk(url="https://127.0.0.1:1", token=SecretKey("splunk", "token"), index="shop", source="$log_path"),
        STDOUT,
    ],
    ids=["es", "splunk", "stdout"],
)
@pytest.mark.parametrize(
    "reading", [{}, {"json": True}, {"multiline": ["java", "go"]}], ids=["plain", "json", "multiline"]
)
def test_fluent_bit_runs_with_the_configuration(tmp_path: Path, to: LogOutput, reading: Mapping[str, Any]) -> None:
    health, code, written = _run(tmp_path, to, **reading)
    assert (health, code) == (200, 0), written
    if to is STDOUT:
        assert '"pod_name":"p","namespace_name":"ns","node_name":"n"' in written
        assert f'"log_path":"{tmp_path}/logs/access.log"' in written


@needs_fluent_bit
def test_fluent_bit_does_not_run_with_a_property_that_it_does_not_know(tmp_path: Path) -> None:
    health, code, written = _run(tmp_path, FluentBitOutput("stdout", {"bogus": 1}))
    assert (health, code != 0) == (0, True), written


# --- the stop -----------------------------------------------------------------------------------------------------

LINES = 100_000
#: an application that logs much, and last, on its own way to stop
APPLICATION = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(float(sys.argv[2])), sys.exit(write())))
def write():
    with open(sys.argv[1], "a") as log:
        log.write("".join(f"{number:07} {'x' * 90}\\n" for number in range(int(sys.argv[3]))))
print("started", flush=True)
while True:
    time.sleep(1)
"""


@needs_fluent_bit
@pytest.mark.parametrize("seconds", [0.0, 7.0], ids=["quick", "slow"])
def test_no_line_is_lost_whether_the_application_stops_quickly_or_slowly(tmp_path: Path, seconds: float) -> None:
    assert _arrived(tmp_path, stopping=seconds) == LINES


@needs_fluent_bit
def test_without_the_drain_lines_are_lost(tmp_path: Path) -> None:
    assert _arrived(tmp_path, stopping=0, drain_seconds=0) < LINES


def _arrived(directory: Path, *, stopping: float, **options: Any) -> int:
    """How many lines arrive of a pod that is stopped as the kubelet stops it."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=STDOUT, port=28299, **options)
    config = local(shop, directory)
    log, output = directory / "logs" / "access.log", directory / "out"
    log.write_text("")
    application = [sys.executable, "-c", APPLICATION, str(log), str(stopping), str(LINES)]
    with output.open("wb") as out:
        commands = [[str(FLUENT_BIT), "-c", str(config)]]
        listed = objects_at(pod_spec_of(shop.deployment()), "initContainers")
        commands += [list(map(str, cast("list[str]", c["command"]))) for c in listed if "drain" in str(c["name"])]
        sidecars = [subprocess.Popen(command, env=ENV, stdout=out, stderr=out) for command in commands]
        main = subprocess.Popen(application, stdout=subprocess.PIPE)
        assert main.stdout is not None
        assert main.stdout.readline() == b"started\n"
        assert _status("http://127.0.0.1:28299/api/v1/health", sidecars[0]) == 200
        main.terminate()
        main.wait(timeout=30)
        for sidecar in reversed(sidecars):
            time.sleep(0.2)  # as the kubelet was seen to take
            sidecar.terminate()
            assert sidecar.wait(timeout=30) == 0
    return output.read_text().count('"log":')


# --- what is on disk ----------------------------------------------------------------------------------------------


@needs_fluent_bit
def test_a_new_file_with_the_inode_of_a_deleted_one_is_read_from_its_beginning(tmp_path: Path) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["*.log"], to=STDOUT, port=28299)
    config = local(shop, tmp_path)
    old, new = tmp_path / "logs" / "monday.log", tmp_path / "logs" / "tuesday.log"
    old.write_text("old\n" * 1000)
    inode = old.stat().st_ino
    assert _read(tmp_path, config).count('"old"') == 1000
    old.unlink()
    attempts = [tmp_path / "logs" / f"{number}.tmp" for number in range(1000)]
    for attempt in attempts:
        attempt.write_text("new\n" * 10)
        if attempt.stat().st_ino == inode:
            attempt.rename(new)
            break
    else:
        pytest.skip("this file system does not give an inode a second time")
    assert _read(tmp_path, config).count('"new"') == 10


def _read(directory: Path, config: Path) -> str:
    """What a Fluent Bit that runs for some seconds writes."""
    output = directory / "out"
    with output.open("wb") as out:
        process = subprocess.Popen([str(FLUENT_BIT), "-c", str(config)], env=ENV, stdout=out, stderr=out)
        assert _status("http://127.0.0.1:28299/api/v1/health", process) == 200
        time.sleep(2)
        process.terminate()
        process.wait(timeout=15)
    return output.read_text()


# --- the address --------------------------------------------------------------------------------------------------


@needs_fluent_bit
@pytest.mark.parametrize(("address", "host"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")], ids=["IPv4", "IPv6"])
def test_it_listens_on_the_pod_s_address_of_either_kind(tmp_path: Path, address: str, host: str) -> None:
    if address == "::1" and not _has_ipv6():
        pytest.skip("this machine has no IPv6")
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=STDOUT, port=28299)
    config = local(shop, tmp_path)
    env = {**ENV, "POD_IP": address}
    process = subprocess.Popen(
        [str(FLUENT_BIT), "-c", str(config)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        assert _status(f"http://{host}:28299/api/v1/health", process) == 200
    finally:
        process.terminate()
        process.wait(timeout=15)


def _has_ipv6() -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        return True
    return False


# --- running it ---------------------------------------------------------------------------------------------------

ENV = {"POD_NAME": "p", "POD_NAMESPACE": "ns", "NODE_NAME": "n", "POD_IP": "127.0.0.1", "LOG_OUTPUT_SPLUNK_TOKEN": "t"}


def _run(directory: Path, to: LogOutput, **reading: Any) -> tuple[int, int, str]:
    """The status of the startup probe's address, the exit code after SIGTERM, and what was written."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to, port=28299, **reading)
    config = local(shop, directory)
    (directory / "logs" / "access.log").write_text('{"said": "hello"}\n')
    output = directory / "out"
    with output.open("wb") as out:
        process = subprocess.Popen([str(FLUENT_BIT), "-c", str(config)], env=ENV, stdout=out, stderr=out)
        health = _status("http://127.0.0.1:28299/api/v1/health", process)
        if health:
            time.sleep(2)  # lines are sent once a second
        process.terminate()
        code = process.wait(timeout=15)
    return health, code, output.read_text()


def _status(url: str, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                return int(response.status)
        except OSError:
            time.sleep(0.1)
    return 0

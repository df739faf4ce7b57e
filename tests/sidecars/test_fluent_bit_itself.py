"""The real Fluent Bit with what is rendered for it; FLUENT_BIT=/path/to/fluent-bit runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from logged_shop import ES, Shop

from patterns.model import (
    SecretKey,
)
from patterns.model.json import text_at
from patterns.sidecars.log_output import FluentBitOutput, LogOutput
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.splunk import Splunk
from patterns.testing import find, synth

FLUENT_BIT = os.environ.get("FLUENT_BIT") or shutil.which("fluent-bit")


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


def _run(directory: Path, to: LogOutput, **reading: Any) -> tuple[int, int, str]:
    """The status of the startup probe's address, the exit code after SIGTERM, and what was written."""
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to, port=28299, **reading)
    text = text_at(find(synth(shop.chart), "ConfigMap"), "data", "fluent-bit.yaml")
    for there, here in (("/fluent-bit/state", "state"), ("/var/log/app", "logs")):
        (directory / here).mkdir()
        text = text.replace(there, str(directory / here))
    (directory / "fluent-bit.yaml").write_text(text)
    (directory / "logs" / "access.log").write_text('{"said": "hello"}\n')
    env = {"POD_NAME": "p", "POD_NAMESPACE": "ns", "NODE_NAME": "n", "LOG_OUTPUT_SPLUNK_TOKEN": "t"}
    output = directory / "out"
    with output.open("wb") as out:
        command = [str(FLUENT_BIT), "-c", str(directory / "fluent-bit.yaml")]
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out)
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

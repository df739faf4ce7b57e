"""`LoggingSidecar` in a pod: whole documents, standard output, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from sidecars.logged_shop import APP, ES, Shop
from syrupy.assertion import SnapshotAssertion

from patterns.app import App
from patterns.errors import Conflict, InvalidValue, PatternError, WrongType
from patterns.model import (
    Container,
    ResourceRequirements,
    SecretKey,
    Security,
)
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.scripts import tail
from patterns.sidecars.splunk import Splunk
from patterns.testing import pod_spec_of, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.job import Job
from patterns.workloads.pod import Pod

# --- whole documents ----------------------------------------------------------------------------------------------


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    assert synth(shop.chart) == yaml_snapshot


def test_smallest_call_to_elasticsearch(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES)
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "first", logs=shop.logs, files=["first.log"])
    LoggingSidecar(
        shop.web,
        "log-shipper",
        logs=shop.logs,
        files=["access.log", "http/*.log"],
        to=Splunk(
            url="https://splunk.example.com:8088",
            token=SecretKey("splunk", "token"),
            index="shop",
            source="$log_path",
            ca=SecretKey("splunk", "ca.crt"),
            properties={"compress": "gzip"},
        ),
        multiline=["java", "python"],
        port=24224,
        state_size_limit="128Mi",
        grace_seconds=20,
        drain_seconds=15,
        image="registry.example.com/mirror/fluent-bit:4.2.0",
        command=["/fluent-bit/bin/fluent-bit", "--config=/fluent-bit/config/fluent-bit.yaml", "--verbose"],
        env={"TZ": "UTC", "POD_NAME": "mine"},
        resources=ResourceRequirements(
            requests={"cpu": "100m", "memory": "128Mi", "ephemeral-storage": "256Mi"},
            limits={"memory": "128Mi", "ephemeral-storage": "1Gi"},
        ),
        security=Security(run_as_user=1500, read_only_root_filesystem=True),
        read_only=False,
        before=["first"],
    )
    assert synth(shop.chart) == yaml_snapshot


def test_the_tutorial_s_pod_comes_out_as_it_is() -> None:
    chart = Chart(App(), "tutorial")
    pod = Pod(
        chart,
        "pod",
        name="sidecar-example",
        containers=[Container(name="main-nginx-container", image="nginx", ports=[80])],
        security=None,
        automount_service_account_token=None,
        recommended_labels=False,
    )
    logs = SharedScratch(pod, "var-logs", mount_path="/var/log/nginx", size_limit=None)
    LoggingSidecar(
        pod,
        "log-collector-sidecar",
        logs=logs.mount,
        files=["access.log"],
        image="busybox",
        command=["sh", "-c", "tail -f /var/log/nginx/access.log"],
        native=False,
        read_only=False,
        resources=None,
        security=None,
    )
    assert synth(chart) == [
        yaml.safe_load("""
apiVersion: v1
kind: Pod
metadata:
  name: sidecar-example
spec:
  containers:
    - name: main-nginx-container
      image: nginx
      ports:
        - containerPort: 80
      volumeMounts:
        - name: var-logs
          mountPath: /var/log/nginx
    - name: log-collector-sidecar
      image: busybox
      command: ["sh", "-c", "tail -f /var/log/nginx/access.log"]
      volumeMounts:
        - name: var-logs
          mountPath: /var/log/nginx
  volumes:
    - name: var-logs
      emptyDir: {}
""")
    ]


# --- standard output ----------------------------------------------------------------------------------------------


def test_several_files_are_followed_by_one_tail() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log", "error.log"])
    assert shop.container()["command"] == tail("log-shipper", ["/var/log/app/access.log", "/var/log/app/error.log"])


def test_a_tail_has_its_part_in_the_pod_s_grace() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    assert pod_spec_of(shop.deployment())["terminationGracePeriodSeconds"] == 30 + 5


@pytest.mark.parametrize("options", [{"native": False}, {"command": ["tail", "-f", "/var/log/app/access.log"]}])
def test_a_classic_one_or_a_command_of_one_s_own_has_none(options: Mapping[str, Any]) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], **options)
    assert "terminationGracePeriodSeconds" not in pod_spec_of(shop.deployment())


# --- errors -------------------------------------------------------------------------------------------------------


class _Wrong:
    def fluent_bit_output(self) -> dict[str, str]:
        return {"plugin": "loki"}


REFUSED: dict[str, tuple[Mapping[str, Any], type[PatternError], str]] = {
    "no destination": (
        {"to": "https://logs:9200"},
        WrongType,
        "to must be a LogOutput, got a str 'https://logs:9200'",
    ),
    "a destination that gives no output": (
        {"to": _Wrong()},
        WrongType,
        "to: fluent_bit_output() must give a FluentBitOutput or None, got {'plugin': 'loki'}",
    ),
    "one string of files": (
        {"files": "access.log"},
        WrongType,
        "files must be a list of str, got a str 'access.log'; write files=['access.log']",
    ),
    "option of Fluent Bit": (
        {"multiline": "java"},
        InvalidValue,
        (
            "multiline is an option of Fluent Bit, and Stdout() is a plain `tail`; take it away, or write "
            'to=FluentBitOutput("stdout", {"format": "json_lines"})'
        ),
    ),
    "pattern for tail": (
        {"files": ["*.log"]},
        InvalidValue,
        (
            "files[0] must be the name of one file, got '*.log': `tail` knows no patterns; name "
            'every file, or send the lines with Fluent Bit: to=FluentBitOutput("stdout", {"format": "json_lines"})'
        ),
    ),
    "unknown parser": (
        {"to": ES, "multiline": "perl"},
        InvalidValue,
        "multiline must be of go, java, python, ruby, got 'perl'",
    ),
    "both readings": (
        {"to": ES, "multiline": "java", "json": True},
        InvalidValue,
        "multiline and json do not go together: a line of JSON is a whole record",
    ),
    "option of the stop": (
        {"drain_seconds": 9},
        InvalidValue,
        (
            "drain_seconds is an option of Fluent Bit, and Stdout() is a plain `tail`; take it away, or write "
            'to=FluentBitOutput("stdout", {"format": "json_lines"})'
        ),
    ),
    "less than no time": ({"to": ES, "drain_seconds": -1}, InvalidValue, "drain_seconds must not be negative, got -1"),
    "no time": ({"to": ES, "grace_seconds": 0}, InvalidValue, "grace_seconds must be at least 1, got 0"),
    "too little memory": (
        {"to": ES, "resources": ResourceRequirements(limits={"memory": "32Mi"})},
        InvalidValue,
        (
            "resources: the memory limit must be at least 37Mi for Fluent Bit with 1 input, got 32Mi, and it would be "
            "killed "
            'under load; write resources=ResourceRequirements(requests={"memory": "37Mi"}, limits={"memory": "37Mi"})'
        ),
    ),
    "too little storage": (
        {"to": ES, "resources": ResourceRequirements(limits={"ephemeral-storage": "32Mi"})},
        InvalidValue,
        "resources: the limit of ephemeral-storage must be at least state_size_limit 64Mi, got 32Mi",
    ),
}


@pytest.mark.parametrize(("options", "kind", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(options: Mapping[str, Any], kind: type[PatternError], message: str) -> None:
    shop = Shop()
    with pytest.raises(kind) as caught:
        LoggingSidecar(shop.web, "log-shipper", **{"logs": shop.logs, "files": ["access.log"], **options})
    assert str(caught.value) == f"LoggingSidecar 'shop/web/log-shipper': {message}"


def test_a_classic_sidecar_would_keep_a_job_from_ending() -> None:
    chart = Chart(App(), "shop")
    job = Job(chart, "report", containers=[APP])
    logs = SharedScratch(job, "app-logs", mount_path="/var/log/app").mount
    with pytest.raises(InvalidValue, match="native must be True in a pod that has to end by itself"):
        LoggingSidecar(job, "log-shipper", logs=logs, files=["access.log"], native=False)


def test_a_port_that_is_taken_is_refused_with_both_names() -> None:
    shop = Shop()
    with pytest.raises(Conflict, match="port 8080/TCP of container 'log-shipper' is taken by container 'app'"):
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES, port=8080)

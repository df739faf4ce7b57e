"""`LogRotation` in a pod: whole documents, and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sidecars.rotated_shop import APP, USER, Shop
from syrupy.assertion import SnapshotAssertion

from patterns.app import App
from patterns.errors import Conflict, InvalidValue, SynthesisError
from patterns.manifest import Manifest
from patterns.model import ResourceRequirements, Security, Volume, VolumeMount
from patterns.model.json import object_at
from patterns.sidecars.log_reopening import CopyTruncate, ReopenByItself, ReopenOnSignal
from patterns.sidecars.log_rotation import LogRotation
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.testing import container_of, find, pod_spec_of, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.job import Job

# --- whole documents ----------------------------------------------------------------------------------------------


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=ReopenOnSignal(process="shop"))
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    LogRotation(shop.web, "first", logs=shop.logs, files=["first.log"], by=CopyTruncate())
    LogRotation(
        shop.web,
        "log-rotation",
        logs=shop.logs,
        files=["access.log", "http/error.log"],
        by=ReopenOnSignal(pid_file="app.pid", signal="HUP"),
        max_size="20Mi",
        keep=5,
        interval_seconds=60,
        image="registry.example.com/mirror/busybox:1.37.0",
        env={"TZ": "UTC"},
        resources=ResourceRequirements(limits={"memory": "32Mi"}),
        security=Security(run_as_user=1000, run_as_group=2000, read_only_root_filesystem=True),
        native=False,
    )
    assert synth(shop.chart) == yaml_snapshot


def test_a_command_of_one_s_own_stands_as_it_is() -> None:
    shop = Shop()
    own = ["logrotate", "--state=/rotated-logs/.state", "/etc/logrotate.conf"]
    LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=ReopenByItself(), command=own)
    assert shop.container()["command"] == own


# --- in its pod ---------------------------------------------------------------------------------------------------


def test_only_a_signal_needs_a_common_process_namespace() -> None:
    for by in (ReopenByItself(), CopyTruncate()):
        shop = Shop()
        LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=by)
        assert "shareProcessNamespace" not in pod_spec_of(shop.deployment())


def test_the_room_of_the_logs_is_asked_for_once() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=ReopenByItself())
    asked = [object_at(shop.container(name), "resources", "requests") for name in ("log-shipper", "log-rotation")]
    assert ["ephemeral-storage" in requests for requests in asked] == [True, False]


def test_before_a_version_with_native_sidecars_it_is_a_classic_one() -> None:
    shop = Shop(app=App(target="1.28"))
    LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=ReopenByItself())
    spec = pod_spec_of(shop.deployment())
    assert "initContainers" not in spec
    assert "restartPolicy" not in shop.container()


def test_in_a_job_it_is_native_or_refused() -> None:
    chart = Chart(App(), "shop")
    job = Job(chart, "report", containers=[APP], security=USER)
    logs = SharedScratch(job, "app-logs", mount_path="/var/log/app").mount
    LogRotation(job, "log-rotation", logs=logs, files=["access.log"], by=ReopenByItself())
    with pytest.raises(InvalidValue, match="native must be True in a pod that has to end by itself"):
        LogRotation(job, "classic", logs=logs, files=["error.log"], by=ReopenByItself(), native=False)
    assert job.node.try_remove_child("classic")
    assert container_of(find(synth(chart), "Job"), "log-rotation")["restartPolicy"] == "Always"


def test_somebody_else_s_pod_gets_it_too() -> None:
    chart = Chart(App(), "shop")
    logs = VolumeMount(volume=Volume.empty_dir("logs", size_limit="64Mi"), mount_path="/logs")
    web = Manifest(
        chart,
        "web",
        api_version="v1",
        kind="Pod",
        body={
            "spec": {
                "containers": [
                    {
                        "name": "app",
                        "image": "registry.example.com/shop:1.4.2",
                        "securityContext": {"runAsUser": 33},
                        "volumeMounts": [{"name": "logs", "mountPath": "/logs"}],
                    }
                ],
                "volumes": [{"name": "logs", "emptyDir": {"sizeLimit": "64Mi"}}],
            }
        },
    )
    LogRotation(web, "log-rotation", logs=logs, files=["access.log"], by=ReopenOnSignal(process="apache2"))
    pod = find(synth(chart), "Pod")
    assert pod_spec_of(pod)["shareProcessNamespace"] is True
    assert object_at(container_of(pod, "log-rotation"), "securityContext")["runAsUser"] == 33


def test_a_pod_whose_processes_are_not_to_be_shared_keeps_them() -> None:
    chart = Chart(App(), "shop")
    web = Manifest(
        chart,
        "web",
        api_version="v1",
        kind="Pod",
        body={
            "spec": {
                "shareProcessNamespace": False,
                "securityContext": {"runAsUser": 33},
                "containers": [{"name": "app", "image": "registry.example.com/shop:1.4.2"}],
            }
        },
    )
    logs = SharedScratch(web, "app-logs", mount_path="/var/log/app").mount
    with pytest.raises(Conflict, match="shareProcessNamespace"):
        LogRotation(web, "log-rotation", logs=logs, files=["access.log"], by=ReopenOnSignal(process="apache2"))


# --- as whom it runs ----------------------------------------------------------------------------------------------


def test_an_application_whose_user_is_not_known_is_refused() -> None:
    shop = Shop(security=Security())
    with pytest.raises(InvalidValue) as caught:
        LogRotation(shop.web, "log-rotation", logs=shop.logs, files=["access.log"], by=ReopenByItself())
    assert str(caught.value) == (
        "LogRotation 'shop/web/log-rotation': the application's user is not known, and this sidecar would run as "
        "65532, who may not rename or signal what is another user's; give both one user: "
        "security=Security(run_as_user=1000) of the workload"
    )


def test_a_user_of_whom_the_pod_says_nothing_may_be_given() -> None:
    shop = Shop(security=Security())
    LogRotation(
        shop.web,
        "log-rotation",
        logs=shop.logs,
        files=["access.log"],
        by=ReopenByItself(),
        security=Security(run_as_user=101),
    )
    assert object_at(shop.container(), "securityContext")["runAsUser"] == 101


def test_another_user_than_the_application_s_is_refused() -> None:
    shop = Shop()
    with pytest.raises(InvalidValue, match="the application's user is 1000, and this sidecar would run as 101"):
        LogRotation(
            shop.web,
            "log-rotation",
            logs=shop.logs,
            files=["access.log"],
            by=CopyTruncate(),
            security=Security(run_as_user=101),
        )


# --- errors -------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Mapping[str, Any], str]] = {
    "no file": (
        {"files": []},
        'files must name at least one file below the mount, such as files=["access.log"]',
    ),
    "a file that leads out": ({"files": ["../x.log"]}, "files[0] must be a path without '..', got '../x.log'"),
    "an absolute file": ({"files": ["/x.log"]}, "files[0] must be a relative path, got '/x.log'; write 'x.log'"),
    "an odd path": (
        {"files": ["a//x.log"]},
        "files[0] must be a path such as 'access.log' or 'http/access.log', got 'a//x.log'",
    ),
    "a file twice": ({"files": ["a.log", "a.log"]}, "files[1] is there twice: 'a.log'"),
    "a pattern": ({"files": ["*.log"]}, "files[0] must be the name of one file, got '*.log'; name every file"),
    "an end of line": ({"files": ["a\nb"]}, "files[0] must be a path without control characters, got 'a\\nb'"),
    "nothing kept": ({"keep": 0}, "keep must be at least 1, got 0"),
    "no pause": ({"interval_seconds": 0}, "interval_seconds must be at least 1, got 0"),
    "no size": ({"max_size": "0"}, "max_size must be more than nothing, got '0'"),
    "thousandths": (
        {"max_size": "100m"},
        "max_size must be whole bytes, got '100m'; 'm' is a thousandth, and almost always meant Mi; write 100Mi",
    ),
    "more than the volume holds": (
        {"files": ["access.log", "error.log"], "max_size": "32Mi"},
        "max_size must leave the volume 'app-logs' room: 32Mi for each of 2 files and its 3 old ones is 256Mi, and the "
        "volume holds 256Mi, over which the kubelet evicts the pod; give less, or the volume more",
    ),
}


@pytest.mark.parametrize(("options", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused(options: Mapping[str, Any], message: str) -> None:
    shop = Shop()
    with pytest.raises(InvalidValue) as caught:
        LogRotation(
            shop.web,
            "log-rotation",
            **{"logs": shop.logs, "files": ["access.log"], "by": ReopenByItself(), **options},
        )
    assert str(caught.value) == f"LogRotation 'shop/web/log-rotation': {message}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, 'one of process and pid_file must be given, such as process="nginx"'),
        (
            {"process": "nginx", "pid_file": "nginx.pid"},
            'one of process and pid_file must be given, such as process="nginx"',
        ),
        (
            {"process": "/usr/sbin/nginx"},
            "process must be the name of a process, of 1 to 15 bytes and without a slash, as the kernel keeps it, got "
            "'/usr/sbin/nginx'; write 'nginx'",
        ),
        (
            {"process": "prometheus-operator"},
            "process must be the name of a process, of 1 to 15 bytes and without a slash, as the kernel keeps it, got "
            "'prometheus-operator'; write 'prometheus-oper'",
        ),
        (
            {"pid_file": "/run/nginx.pid"},
            "pid_file must be a relative path, got '/run/nginx.pid'; write 'run/nginx.pid'",
        ),
    ],
)
def test_who_is_told_has_to_be_known(options: Mapping[str, str], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        ReopenOnSignal(**options)  # type: ignore[arg-type]  # the options are of these types
    assert str(caught.value) == f"ReopenOnSignal: {message}"


def test_logs_that_nobody_writes_are_a_finding() -> None:
    shop = Shop()
    other = VolumeMount(volume=Volume.empty_dir("others", size_limit="64Mi"), mount_path="/logs")
    LogRotation(shop.web, "log-rotation", logs=other, files=["access.log"], by=ReopenByItself())
    with pytest.raises(SynthesisError, match="no other container mounts it to write to it"):
        shop.app.synth()

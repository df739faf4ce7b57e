"""Backups: what the pod gains, what is refused, and a method of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import somebody_elses

from patterns import (
    App,
    BackupPlace,
    BackupProgram,
    BackupSidecar,
    Chart,
    Container,
    CronJob,
    DaemonSet,
    Deployment,
    Litestream,
    PatternError,
    Pod,
    ResourceRequirements,
    RestoreRehearsal,
    SecretKey,
    Security,
    StatefulSet,
    VolumeClaim,
    VolumeMount,
)
from patterns.model import Volume
from patterns.model.json import objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth

CLAIM = VolumeClaim(name="data", size="1Gi")
DATA = CLAIM.mount("/data")
APP = Container(name="app", image="registry.example.com/notes:2.0.0", ports=[8080], volume_mounts=[DATA])
METHOD = Litestream(
    databases=["notes.db"],
    to="s3://backups/notes",
    access_key_id=SecretKey("s3", "id"),
    secret_access_key=SecretKey("s3", "key"),
)
#: a claim that stands in the pod itself, for workloads without templates of claims
PVC = VolumeMount(volume=Volume.pvc("data", "notes"), mount_path="/data")


class Notes:
    """A StatefulSet with its data."""

    def __init__(self, app: App | None = None, **options: Any) -> None:
        self.chart = Chart(app or App(), "notes", namespace="notes", disable_resource_name_hashes=True)
        security = Security(run_as_user=1000, run_as_group=1000, fs_group=1000)
        given = {"replicas": 1, "service_name": "notes", "volume_claims": [CLAIM], "security": security}
        self.web = StatefulSet(self.chart, "web", containers=[APP], **{**given, **options})

    def back_up(self, **options: Any) -> None:
        BackupSidecar(self.web, "backup", **{"data": DATA, "method": METHOD, **options})

    def names(self, key: str) -> list[str]:
        return [text_at(c, "name") for c in objects_at(pod_spec_of(find(synth(self.chart), "StatefulSet")), key)]


def test_smallest_call(yaml_snapshot: object) -> None:
    notes = Notes()
    BackupSidecar(notes.web, "backup", data=DATA, method=Litestream(databases=["notes.db"], to="s3://backups/notes"))
    assert synth(notes.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    notes = Notes()
    notes.back_up(
        method=Litestream(
            databases=["notes.db", "sub/$(USERS) ${x}.db"],
            to="s3://backups/notes/",
            access_key_id=SecretKey("s3", "id"),
            secret_access_key=SecretKey("s3", "key"),
            endpoint="https://minio.example.com:9000",
            region="eu-central-1",
        ),
        grace_seconds=60,
        port=9500,
        image="registry.example.com/litestream:0.5.18",
        env={"LOG_LEVEL": "debug"},
        resources=ResourceRequirements(requests={"memory": "64Mi"}),
        security=Security(read_only_root_filesystem=True),
    )
    assert synth(notes.chart) == yaml_snapshot


def test_a_rehearsal(yaml_snapshot: object) -> None:
    chart = Chart(App(), "notes", namespace="notes", disable_resource_name_hashes=True)
    RestoreRehearsal(
        chart, "rehearse", method=METHOD, schedule="0 4 * * 1", size_limit="2Gi", time_zone="Europe/Berlin"
    )
    assert synth(chart) == yaml_snapshot


def test_the_data_is_brought_back_before_the_copy_begins_and_only_where_it_is_asked_for() -> None:
    notes, without = Notes(), Notes()
    notes.back_up()
    without.back_up(restore=False)
    assert notes.names("initContainers") == ["backup-restore", "backup"]
    assert without.names("initContainers") == ["backup"]


def test_a_classic_form_for_old_clusters() -> None:
    notes = Notes(App(target="1.28"))
    notes.back_up()
    assert notes.names("initContainers") == ["backup-restore"]
    assert notes.names("containers") == ["app", "backup"]


def test_nothing_secret_is_an_argument_or_in_the_config_map() -> None:
    notes = Notes()
    notes.back_up()
    documents = synth(notes.chart)
    assert "LITESTREAM_SECRET_ACCESS_KEY" not in str(find(documents, "ConfigMap"))
    container = container_of(find(documents, "StatefulSet"), "backup")
    assert all("valueFrom" in variable for variable in objects_at(container, "env"))


@pytest.mark.parametrize("text", ["a'b", 'a"b', "a: b", "${HOME}", "{{x}}", "%s", "# b", "- c"])
def test_text_of_a_user_stays_text(text: str) -> None:
    import yaml

    notes = Notes()
    notes.back_up(method=Litestream(databases=[text], to="s3://backups/notes"))
    data = find(synth(notes.chart), "ConfigMap")["data"]
    config = yaml.safe_load(data["litestream.yml"])  # type: ignore[index, call-overload, arg-type]
    assert config["dbs"] == [{"path": f"/data/{text}", "replica": {"url": f"s3://backups/notes/{text}"}}]


def test_a_method_of_one_s_own_that_may_run_twice() -> None:
    @dataclass(frozen=True)
    class Rclone:
        to: str

        def backup_program(self, place: BackupPlace) -> BackupProgram:
            return BackupProgram(
                image="docker.io/rclone/rclone:1.71.2",
                command=["backup-loop", place.data, self.to],
                restores=[],
                rehearsals=[["rclone", "check", self.to, place.data]],
                health_path="/health",
                single_writer=False,
            )

    notes = Notes(replicas=3)
    notes.back_up(method=Rclone("remote:notes"))
    assert notes.names("initContainers") == ["backup"]
    assert container_of(find(synth(notes.chart), "StatefulSet"), "backup")["command"] == [
        "backup-loop",
        "/data",
        "remote:notes",
    ]


# --- one writer -------------------------------------------------------------------------------------------------------


def chart() -> Chart:
    return Chart(App(), "notes", namespace="notes")


APP_WITH_PVC = Container(name="app", image="registry.example.com/notes:2.0.0", volume_mounts=[PVC])


def test_one_that_never_runs_two_pods_is_taken() -> None:
    place = chart()
    recreated = Deployment(place, "a", replicas=1, strategy="Recreate", containers=[APP_WITH_PVC])
    nightly = CronJob(place, "b", schedule="@daily", concurrency_policy="Forbid", containers=[APP_WITH_PVC])
    bare = Pod(place, "d", containers=[APP_WITH_PVC])
    theirs = somebody_elses.workload(place, "c", kind="StatefulSet", replicas=1, serviceName="c")
    for workload in (recreated, nightly, theirs, bare):
        BackupSidecar(workload, "backup", data=PVC, method=METHOD, security=Security(run_as_user=1000))
    assert [text_at(d, "kind") for d in synth(place) if d["kind"] != "ConfigMap"] == [
        "Deployment",
        "CronJob",
        "Pod",
        "StatefulSet",
    ]


@pytest.mark.parametrize(
    ("workload", "message"),
    [
        (
            lambda c: StatefulSet(c, "w", replicas=2, service_name="w", containers=[APP_WITH_PVC]),
            "must have one replica",
        ),
        (lambda c: Deployment(c, "w", replicas=1, containers=[APP_WITH_PVC]), 'write strategy="Recreate"'),
        (lambda c: DaemonSet(c, "w", containers=[APP_WITH_PVC]), "a DaemonSet has one on every node"),
        (lambda c: CronJob(c, "w", schedule="@daily", containers=[APP_WITH_PVC]), 'write concurrency_policy="Forbid"'),
    ],
)
def test_one_that_may_run_two_pods_is_refused(workload: Any, message: str) -> None:
    with pytest.raises(PatternError) as raised:
        BackupSidecar(workload(chart()), "backup", data=PVC, method=METHOD)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"databases": []}, "databases must hold one at least"),
        ({"databases": "notes.db"}, "databases must be a list of str, got a str 'notes.db'"),
        ({"databases": ["../x"]}, "databases"),
        ({"to": "backups"}, "to must be an address such as 's3://bucket/shop', got 'backups'"),
        ({"to": "s3://[x/shop"}, "to must be an address, got 's3://[x/shop'"),
        ({"to": "sftp://me:pw@host/x"}, "to must hold no password and no options"),
        ({"access_key_id": SecretKey("a", "b")}, "access_key_id and secret_access_key go together"),
    ],
)
def test_a_bad_litestream_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Litestream(**{"databases": ["notes.db"], "to": "s3://backups/notes", **options})
    assert message in str(raised.value)


def test_an_application_whose_user_is_not_known_is_refused() -> None:
    web = StatefulSet(chart(), "web", replicas=1, service_name="web", containers=[APP_WITH_PVC])
    with pytest.raises(PatternError, match="the application's user is not known, and this sidecar would run as 65532"):
        BackupSidecar(web, "backup", data=PVC, method=METHOD)


def test_data_that_cannot_be_brought_back_is_refused() -> None:
    with pytest.raises(PatternError, match="data must not be read-only"):
        Notes().back_up(data=CLAIM.mount("/data", read_only=True))
    with pytest.raises(PatternError, match="grace_seconds must be at least 1, got 0"):
        Notes().back_up(grace_seconds=0)

"""Dumps of PostgreSQL: what is rendered, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import (
    App,
    BackupSidecar,
    Chart,
    ConfigMapKey,
    Container,
    Deployment,
    LogicalDump,
    PatternError,
    Restic,
    RestoreRehearsal,
    SecretKey,
    Security,
    Volume,
    VolumeMount,
)
from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth

TO = VolumeMount(volume=Volume.pvc("dumps", "shop-dumps"), mount_path="/dumps")
ROOM = VolumeMount(volume=Volume.empty_dir("dumps", size_limit="2Gi"), mount_path="/dumps")
GIVEN: dict[str, Any] = {"host": "db", "database": "shop", "user": "shop", "password": SecretKey("db", "password")}


class Shop:
    """A Deployment whose database is elsewhere."""

    def __init__(self) -> None:
        self.chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
        self.web = Deployment(
            self.chart,
            "web",
            replicas=1,
            strategy="Recreate",
            security=Security(run_as_user=1000, run_as_group=1000, fs_group=1000),
            containers=[Container(name="app", image="registry.example.com/shop:1.4.2")],
        )

    def rendered(self) -> JsonObject:
        return find(synth(self.chart), "Deployment")


def test_smallest_call(yaml_snapshot: object) -> None:
    shop = Shop()
    BackupSidecar(shop.web, "dump", method=LogicalDump(host="db", database="shop", user="shop", to=TO))
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    shop = Shop()
    method = LogicalDump(
        host="db.example.com",
        port=5433,
        database="a b's $(id)",
        user="backup",
        password=SecretKey("db", "password"),
        to=TO,
        ssl_mode="verify-ca",
        ca=ConfigMapKey("authority", "ca.crt"),
        period_seconds=3600,
        max_age_seconds=7200,
        keep_last=3,
    )
    BackupSidecar(shop.web, "dump", method=method, image="registry.example.com/postgres:17.4")
    RestoreRehearsal(shop.chart, "rehearse", method=method, schedule="@weekly", size_limit="20Gi")
    assert synth(shop.chart) == yaml_snapshot


def test_dumps_that_restic_carries_away_are_brought_back_in_the_other_order() -> None:
    shop = Shop()
    files = Restic(repository="s3:https://s3.example.com/b", password=SecretKey("restic", "password"), host="shop")
    BackupSidecar(shop.web, "files", data=ROOM, method=files)
    BackupSidecar(shop.web, "dump", method=LogicalDump(**GIVEN, to=ROOM))
    spec = pod_spec_of(shop.rendered())
    # started in this order, and stopped in the other one: a last dump, and then it is carried away
    names = [text_at(c, "name") for c in objects_at(spec, "initContainers")]
    assert names == ["files-restore", "files", "dump-restore", "dump"]
    asked = {
        text_at(c, "name"): object_at(c, "resources", "requests")["ephemeral-storage"]
        for c in objects_at(spec, "initContainers")
    }
    # the room of the dumps once
    assert (asked["files"], asked["dump"]) == ("2304Mi", "1Mi")


def test_a_rehearsal_has_no_credentials_of_the_database_and_reads_the_dumps_only() -> None:
    shop = Shop()
    RestoreRehearsal(shop.chart, "rehearse", method=LogicalDump(**GIVEN, to=TO), schedule="@daily", size_limit="1Gi")
    container = container_of(find(synth(shop.chart), "CronJob"), "rehearse")
    assert "env" not in container
    assert {"name": "dumps", "mountPath": "/dumps", "readOnly": True} in objects_at(container, "volumeMounts")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "db/x"}, "host must be a name or an address"),
        ({"port": 0}, "port"),
        ({"database": ""}, "database must be its name"),
        ({"database": "a/b"}, "database must be its name"),
        ({"database": "host=evil"}, "database must be its name"),
        ({"database": ".hidden"}, "database must be its name"),
        ({"user": ""}, "user must be given"),
        ({"period_seconds": 0}, "period_seconds must be at least 1, got 0"),
        ({"max_age_seconds": 10}, "max_age_seconds must be more than period_seconds"),
        ({"keep_last": 0}, "keep_last must be at least 1, got 0"),
        ({"password": "hunter2"}, "password must be a SecretKey"),
    ],
)
def test_a_bad_dump_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        LogicalDump(**{**GIVEN, "to": TO, **options})
    assert message in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        (LogicalDump(**{**GIVEN, "host": "localhost"}, to=TO), {}, "restore must be False: a server in the same pod"),
        (LogicalDump(**GIVEN, to=TO), {"data": ROOM}, "data must not be given: the method never reads it"),
        (
            LogicalDump(**GIVEN, to=TO, ssl_mode="disable", ca=SecretKey("ca", "crt")),
            {},
            "ca must not be given with ssl_mode 'disable'",
        ),
        (
            LogicalDump(**GIVEN, to=VolumeMount(volume=Volume.config_map("dumps", "dumps"), mount_path="/dumps")),
            {},
            "is read-only for everybody",
        ),
    ],
)
def test_a_bad_place_is_refused(method: LogicalDump, options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        BackupSidecar(Shop().web, "dump", method=method, **options)
    assert message in str(raised.value)


def test_a_server_in_the_pod_is_dumped_without_a_restore() -> None:
    shop = Shop()
    method = LogicalDump(**{**GIVEN, "host": "127.0.0.1"}, to=TO)
    BackupSidecar(shop.web, "dump", method=method, restore=False)
    assert [text_at(c, "name") for c in objects_at(pod_spec_of(shop.rendered()), "initContainers")] == ["dump"]


def test_a_rehearsal_of_dumps_in_an_empty_dir_is_refused() -> None:
    with pytest.raises(PatternError, match="what lies in an emptyDir is gone with its pod"):
        RestoreRehearsal(
            Shop().chart, "rehearse", method=LogicalDump(**GIVEN, to=ROOM), schedule="@daily", size_limit="1Gi"
        )

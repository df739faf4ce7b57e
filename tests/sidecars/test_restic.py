"""Backups by restic: what is rendered, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from patterns import (
    App,
    BackupRetention,
    BackupSidecar,
    Chart,
    ConfigMapKey,
    Container,
    Litestream,
    PatternError,
    Restic,
    RestoreRehearsal,
    SecretKey,
    Security,
    StatefulSet,
    VolumeClaim,
)
from patterns.model.json import objects_at, text_at
from patterns.testing import container_of, find, synth

CLAIM = VolumeClaim(name="data", size="1Gi")
DATA = CLAIM.mount("/data")
PASSWORD = SecretKey("restic", "password")
REPOSITORY = "s3:https://s3.example.com/backups/notes"
METHOD = Restic(repository=REPOSITORY, password=PASSWORD, host="notes")


def chart() -> Chart:
    return Chart(App(), "notes", namespace="notes", disable_resource_name_hashes=True)


def notes(place: Chart) -> StatefulSet:
    return StatefulSet(
        place,
        "web",
        replicas=1,
        service_name="notes",
        volume_claims=[CLAIM],
        security=Security(run_as_user=1000, run_as_group=1000, fs_group=1000),
        containers=[Container(name="app", image="registry.example.com/notes:2.0.0", volume_mounts=[DATA])],
    )


def test_smallest_call(yaml_snapshot: object) -> None:
    place = chart()
    BackupSidecar(notes(place), "backup", data=DATA, method=METHOD)
    assert synth(place) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    place = chart()
    method = Restic(
        repository="rest:https://backup.example.com/notes/",
        password=PASSWORD,
        host="notes of $(USER)",
        exclude=["*.tmp", "/cache", "$(x)"],
        period_seconds=600,
        max_age_seconds=3600,
        keep_last=3,
        keep_hourly=24,
        keep_daily=None,
        keep_weekly=4,
        keep_monthly=6,
        keep_yearly=2,
        username="notes",
        user_password=SecretKey("rest", "password"),
        ca=ConfigMapKey("authority", "ca.crt"),
    )
    BackupSidecar(notes(place), "backup", data=DATA, method=method, grace_seconds=120)
    RestoreRehearsal(place, "rehearse", method=method, schedule="@weekly", size_limit="2Gi")
    BackupRetention(place, "retain", method=method, schedule="@daily", time_zone="Europe/Berlin")
    assert synth(place) == yaml_snapshot


def test_the_data_is_read_only_for_the_copy_and_writable_for_the_restore() -> None:
    place = chart()
    BackupSidecar(notes(place), "backup", data=DATA, method=METHOD)
    pod = find(synth(place), "StatefulSet")
    mounts = {
        name: [m for m in objects_at(container_of(pod, name), "volumeMounts") if m["name"] == "data"]
        for name in ("backup", "backup-restore")
    }
    assert mounts["backup"] == [{"name": "data", "mountPath": "/data", "readOnly": True}]
    assert mounts["backup-restore"] == [{"name": "data", "mountPath": "/data"}]


def test_nothing_secret_is_an_argument_or_a_literal() -> None:
    place = chart()
    method = Restic(
        repository=REPOSITORY,
        password=PASSWORD,
        host="notes",
        access_key_id=SecretKey("s3", "id"),
        secret_access_key=SecretKey("s3", "key"),
        region="eu-central-1",
    )
    BackupSidecar(notes(place), "backup", data=DATA, method=method)
    container = container_of(find(synth(place), "StatefulSet"), "backup")
    variables = {text_at(v, "name"): v for v in objects_at(container, "env")}
    assert variables["AWS_DEFAULT_REGION"]["value"] == "eu-central-1"
    assert all("valueFrom" in variables[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    assert variables["RESTIC_PASSWORD_FILE"]["value"] == "/backup/secrets/password"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"repository": "backups"}, "repository must be an address such as 's3:"),
        ({"repository": "rest:https://me:pw@host/x"}, "repository must hold no password"),
        ({"repository": "rest:https://[x/"}, "repository must be an address"),
        ({"repository": "/backups"}, "and no path or sftp, got '/backups'"),
        ({"repository": "sftp:me@host:/x"}, "and no path or sftp"),
        ({"region": "x", "repository": "b2:x"}, "region must not be given: it is for a repository such as 's3:https:"),
        (
            {"access_key_id": PASSWORD, "secret_access_key": PASSWORD, "repository": "gs:x:/"},
            "access_key_id must not be given",
        ),
        ({"username": "a", "user_password": PASSWORD}, "username must not be given: it is for a"),
        ({"host": ""}, "host must be a name such as 'notes', got ''"),
        ({"host": "-x"}, "host must be a name"),
        ({"exclude": "x"}, "exclude must be a list of str"),
        ({"period_seconds": 0}, "period_seconds must be at least 1, got 0"),
        ({"max_age_seconds": 3600}, "max_age_seconds must be more than period_seconds, 3600, got 3600"),
        ({"keep_daily": 0}, "keep_daily must be at least 1, got 0"),
        ({"keep_daily": None, "keep_weekly": None, "keep_monthly": None}, "nothing would be kept"),
        ({"access_key_id": SecretKey("a", "b")}, "access_key_id and secret_access_key go together"),
        ({"username": "a"}, "username and user_password go together"),
        ({"password": "hunter2"}, "password must be a SecretKey"),
    ],
)
def test_a_bad_restic_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Restic(**{"repository": REPOSITORY, "password": PASSWORD, "host": "notes", **options})
    assert message in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_pattern_with_a_slash_in_front_is_one_of_the_data() -> None:
    place = chart()
    mount = CLAIM.mount("/da[t]a/")
    method = Restic(repository=REPOSITORY, password=PASSWORD, host="notes", exclude=["/cache", "!/cache/kept", "*.tmp"])
    BackupSidecar(notes(place), "backup", data=mount, method=method)
    command = container_of(find(synth(place), "StatefulSet"), "backup")["command"]
    assert isinstance(command, list)
    assert command[-5:] == [
        r"--exclude=/da\[t]a/lost+found",
        r"--exclude=/da\[t]a/.restic-restore",
        r"--exclude=/da\[t]a/cache",
        r"--exclude=!/da\[t]a/cache/kept",
        "--exclude=*.tmp",
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "data must be given: where the application keeps its data"),
        ({"data": DATA, "port": 9090}, "port must not be given: the method listens on none, got 9090"),
        ({"data": CLAIM.mount("/data", read_only=True)}, "data must not be read-only"),
    ],
)
def test_a_bad_place_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        BackupSidecar(notes(chart()), "backup", method=METHOD, **options)
    assert message in str(raised.value)


def test_a_retention_of_a_method_that_needs_none_is_refused() -> None:
    method = Litestream(databases=["notes.db"], to="s3://backups/notes")
    with pytest.raises(PatternError, match="method must be one that leaves old backups to a BackupRetention"):
        BackupRetention(chart(), "retain", method=method, schedule="@daily")

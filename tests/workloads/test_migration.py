"""A migration runs once for what it runs, and pods that need it roll with it."""

from __future__ import annotations

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    InvalidValue,
    JobComplete,
    JsonObject,
    Migration,
    PostgresReady,
    SecretKey,
    WaitFor,
)
from patterns.model.json import text_at
from patterns.testing import find, synth


def migrate(version: str = "1.4.2") -> Container:
    return Container(
        name="migrate",
        image=f"registry.example.com/shop:{version}",
        command=["shop", "migrate"],
        env={"DATABASE_PASSWORD": SecretKey("shop-db", "migration-password")},
    )


def shop() -> Chart:
    return Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)


def documents(version: str) -> list[JsonObject]:
    chart = shop()
    migration = Migration(chart, "migrate", containers=[migrate(version)])
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/shop:1.4.2")])
    WaitFor(web, "wait-for-schema", until=JobComplete(name=migration.name))
    return synth(chart)


def name_of(chart: Chart, **options: object) -> str:
    return Migration(chart, "migrate", containers=[migrate()], **options).name  # type: ignore[arg-type]


def test_smallest_call(yaml_snapshot: object) -> None:
    chart = shop()
    Migration(chart, "migrate", containers=[migrate()])
    assert synth(chart) == yaml_snapshot


def test_the_same_is_the_same_job_and_another_image_is_another_one() -> None:
    names = [text_at(find(documents(version), "Job"), "metadata", "name") for version in ("1.4.2", "1.4.2", "1.5.0")]
    assert names[0] == names[1]
    assert names[1] != names[2]
    assert all(name.startswith("shop-migrate-") for name in names)


def test_pods_that_wait_for_it_roll_with_it() -> None:
    templates = [find(documents(version), "Deployment")["spec"] for version in ("1.4.2", "1.4.2", "1.5.0")]
    assert templates[0] == templates[1]
    assert templates[1] != templates[2]


def test_a_revision_makes_it_another_job() -> None:
    assert name_of(shop()) != name_of(shop(), revision="2")


def test_a_long_name_keeps_its_hash_and_leaves_room_for_those_of_the_pods() -> None:
    name = name_of(shop(), name="m" * 63)
    assert len(name) == 57
    assert name.endswith(name_of(shop()).rpartition("-")[2])


def test_it_may_wait_for_its_database() -> None:
    chart = shop()
    migration = Migration(chart, "migrate", containers=[migrate()])
    WaitFor(migration, "wait-for-db", until=PostgresReady(host="db"))
    assert "initContainers" in str(find(synth(chart), "Job"))


def test_a_job_that_would_be_gone_when_pods_look_for_it_is_refused() -> None:
    with pytest.raises(InvalidValue, match="spec must not hold 'ttlSecondsAfterFinished'"):
        Migration(shop(), "migrate", containers=[migrate()], spec={"ttlSecondsAfterFinished": 60})

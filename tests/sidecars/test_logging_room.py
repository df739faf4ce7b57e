"""The room on the node's disk that a `LoggingSidecar` asks for."""

from __future__ import annotations

import pytest
from sidecars.logged_shop import ES, Shop

from patterns.init_containers.init_file_seeder import InitFileSeeder
from patterns.model import Container, ResourceRequirements
from patterns.model.json import object_at
from patterns.sidecars.log_output import LogOutput, Stdout
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.volumes.shared_scratch import SharedScratch

SMALL = ResourceRequirements(requests={"memory": "64Mi"}, limits={"memory": "64Mi"})


def _asked(shop: Shop, name: str = "log-shipper") -> object:
    return object_at(shop.container(name), "resources", "requests").get("ephemeral-storage")


@pytest.mark.parametrize(("to", "asked"), [(Stdout(), "256Mi"), (ES, "320Mi")], ids=["tail", "fluent-bit"])
def test_the_logs_are_asked_for_once(to: LogOutput, asked: str) -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to)
    LoggingSidecar(shop.web, "second", logs=shop.logs, files=["error.log"], to=to)
    assert _asked(shop) == asked
    assert _asked(shop, "second") == (None if to == Stdout() else "64Mi")


def test_what_the_application_asks_for_has_the_logs_in_it() -> None:
    resources = ResourceRequirements(requests={"ephemeral-storage": "1Gi"})
    shop = Shop(Container(name="app", image="shop:1.4.2", resources=resources))
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    assert _asked(shop) is None


def test_logs_that_are_not_on_the_node_s_disk_are_not_asked_for() -> None:
    shop = Shop()
    logs = SharedScratch(shop.web, "fast-logs", mount_path="/logs", medium="Memory", size_limit="8Mi")
    LoggingSidecar(shop.web, "log-shipper", logs=logs.mount, files=["access.log"])
    assert _asked(shop) is None


def test_resources_of_one_s_own_for_a_tail_are_left_as_they_are() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], resources=SMALL)
    assert shop.container()["resources"] == SMALL.render()


def test_a_seeder_of_the_same_volume_does_not_ask_again() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"])
    InitFileSeeder(shop.web, "seed", into=shop.logs, files={"access.log": ""})
    assert _asked(shop, "seed") is None

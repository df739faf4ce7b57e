"""What every pattern does alike: as whom its container runs, whatever stands beside it and in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import permutations

import pytest

from patterns import (
    App,
    Chart,
    Container,
    Deployment,
    InitContainer,
    InitFileSeeder,
    LoggingSidecar,
    Security,
    SecurityContext,
    SharedScratch,
    Sidecar,
    SynthesisError,
    Volume,
    VolumeMount,
)
from patterns.model import JsonObject
from patterns.model.json import object_at, objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth

CLAIM = VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/data")
BUSYBOX = "docker.io/library/busybox:1.37.0"


class Shop:
    """A workload with two containers of unknown or known users, and a directory that they share."""

    def __init__(self, **options: object) -> None:
        self.app = App()
        self.chart = Chart(self.app, "shop")
        app = Container(name="app", image="registry.example.com/shop:1.4.2", **options)  # type: ignore[arg-type]
        viewer = Container(
            name="viewer",
            image="registry.example.com/viewer:2.0.1",
            security_context=SecurityContext(run_as_user=2000, run_as_group=2000),
        )
        self.web = Deployment(self.chart, "web", containers=[app, viewer])
        self.logs = SharedScratch(self.web, "logs", mount_path="/logs", readers=["viewer"]).mount

    def pod(self) -> JsonObject:
        return pod_spec_of(find(synth(self.chart), "Deployment"))


def _classic(shop: Shop) -> None:
    container = Container(
        name="classic",
        image="registry.example.com/tool:1",
        volume_mounts=[shop.logs],
        security_context=SecurityContext(run_as_user=3000, run_as_group=3000),
    )
    Sidecar(shop.web, "classic", native=False, container=container)


PATTERNS: Mapping[str, Callable[[Shop], object]] = {
    "seed": lambda s: InitFileSeeder(s.web, "seed", into=s.logs, files={"a": "b"}),
    "log": lambda s: LoggingSidecar(s.web, "log", logs=s.logs, files=["access.log"]),
    "classic-log": lambda s: LoggingSidecar(s.web, "classic-log", logs=s.logs, files=["error.log"], native=False),
    "classic": _classic,
    "claim": lambda s: InitContainer(
        s.web, "claim", container=Container(name="claim", image="registry.example.com/t:1", volume_mounts=[CLAIM])
    ),
}


def _permissions(pod: JsonObject) -> JsonObject:
    containers = [*objects_at(pod, "initContainers"), *objects_at(pod, "containers")]
    return {"": pod.get("securityContext"), **{text_at(c, "name"): c.get("securityContext") for c in containers}}


@pytest.mark.parametrize("left_out", ["claim", "classic-log"])
@pytest.mark.parametrize("user", [None, 1000, 0])
def test_permissions_do_not_depend_on_the_order_of_the_patterns(user: int | None, left_out: str) -> None:
    names = [name for name in PATTERNS if name != left_out]
    context = None if user is None else SecurityContext(run_as_user=user, run_as_non_root=user != 0)
    found = []
    for order in permutations(names):
        shop = Shop(security_context=context)
        for name in order:
            PATTERNS[name](shop)
        found.append(_permissions(shop.pod()))
    assert all(one == found[0] for one in found)
    group = object_at(found[0], "").get("fsGroup")
    assert group == (65532 if left_out == "claim" and user != 1000 else None)


def test_who_only_reads_does_not_say_as_whom_files_are_written() -> None:
    shop = Shop(security_context=SecurityContext(run_as_user=1000, run_as_group=1000))
    PATTERNS["log"](shop)
    PATTERNS["seed"](shop)
    for name in ("log", "seed"):
        context = object_at(container_of(find(synth(shop.chart), "Deployment"), name), "securityContext")
        assert (context["runAsUser"], context["runAsGroup"]) == (1000, 1000)


@pytest.mark.parametrize("security", [None, Security(run_as_non_root=None)])
def test_a_pod_that_runs_nothing_as_root_starts_a_container_without_security(security: Security | None) -> None:
    shop = Shop()
    InitFileSeeder(shop.web, "seed", into=shop.logs, files={"a": "b"}, security=security)
    LoggingSidecar(shop.web, "log", logs=shop.logs, files=["access.log"], security=security)
    document = find(synth(shop.chart), "Deployment")
    for name in ("seed", "log"):
        context = object_at(container_of(document, name), "securityContext")
        assert (context["runAsUser"], context["runAsGroup"]) == (65532, 65532)
        assert security is not None or list(context) == ["runAsUser", "runAsGroup"]


def test_a_root_image_of_one_s_own_is_told_at_synthesis() -> None:
    shop = Shop()
    Sidecar(shop.web, "tool", container=Container(name="tool", image=BUSYBOX), security=None)
    with pytest.raises(SynthesisError, match="runAsUser must be given where runAsNonRoot is true"):
        shop.app.synth()


def test_user_0_in_a_pod_that_runs_nothing_as_root_is_told_at_synthesis() -> None:
    shop = Shop(security_context=SecurityContext(run_as_user=0))
    with pytest.raises(SynthesisError, match="runAsUser must not be 0 where runAsNonRoot is true"):
        shop.app.synth()

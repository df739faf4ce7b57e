"""Options of every construct and fields of every value: each is checked, and none is kept as the caller's own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import patterns
from patterns import (
    App,
    BackupRetention,
    BackupSidecar,
    Chart,
    ConfigFileRenderer,
    ConfigMap,
    ConfigReloader,
    ConfigSyncSidecar,
    Container,
    Contribution,
    CronJob,
    DaemonSet,
    Deployment,
    Downloader,
    EnvVar,
    FromConfigMaps,
    InitContainer,
    InitFileSeeder,
    Job,
    JobComplete,
    LoggingSidecar,
    LogRotation,
    Manifest,
    Migration,
    MigrationInPlace,
    Nfs,
    NginxCache,
    PatternError,
    PermissionFixer,
    Pod,
    PostgresLock,
    ProxySidecar,
    ReloadByHttp,
    ReopenByItself,
    Restic,
    RestoreRehearsal,
    SecretKey,
    Security,
    Service,
    SharedScratch,
    Sidecar,
    StatefulSet,
    Volume,
    VolumeClaim,
    VolumeMount,
    WaitFor,
    Workload,
    WrongType,
    defaults,
    model,
)
from patterns.construct_meta import ConstructMeta
from patterns.model.annotations import kinds_of, kinds_of_options
from patterns.model.json import text_at
from patterns.model.kinds import Kind, Many, OneOf, Pairs, PlainJson, SomePairs
from patterns.testing import synth
from patterns.tree import Construct

PUBLIC = {name: getattr(module, name) for module in (model, patterns) for name in module.__all__}
CONSTRUCTS = {name: cls for name, cls in PUBLIC.items() if isinstance(cls, type) and issubclass(cls, Construct)}
VALUES = {name: cls for name, cls in PUBLIC.items() if isinstance(cls, type) and is_dataclass(cls)}
#: what is not compared with its annotation, and why
UNCHECKED = {
    "App.resolvers": "an interface of jsii, of which `isinstance` has no answer; Node says what is none",
    "Downloader.extract": "`checked_packing` says what to do with a zip",
}

APP = Container(name="app", image="app:1", ports=[8080])
OLD = VolumeMount(volume=Volume("old", Nfs(server="nfs.example.com", path="/old")), mount_path="/old")
FIRST = Container(name="first", image="app:1")
LAST = Container(name="last", image="app:1")
FILES = Restic(repository="s3:https://s3.example.com/b", password=SecretKey("restic", "key"), host="shop")
DIGEST = "0a" * 32


def parts_of(kind: Kind) -> Iterator[Kind]:
    """The kind, and those of which it consists."""
    yield kind
    inside = kind.kinds if isinstance(kind, OneOf) else [kind.item] if isinstance(kind, Many | Pairs) else []
    for part in inside:
        if not isinstance(kind, SomePairs):
            yield from parts_of(part)


def options_of(cls: type) -> dict[str, Kind]:
    return kinds_of_options(cls.__init__)  # type: ignore[misc]  # of this very class


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_every_option_of_a_construct_is_checked(name: str) -> None:
    kinds = options_of(CONSTRUCTS[name])
    unchecked = {f"{name}.{option}" for option, kind in kinds.items() if Kind in map(type, parts_of(kind))}
    assert unchecked == {option for option in UNCHECKED if option.startswith(f"{name}.")}


@pytest.mark.parametrize("name", VALUES)
def test_every_field_of_a_value_is_checked_and_kept_as_a_copy(name: str) -> None:
    kinds = kinds_of(VALUES[name])
    assert kinds.keys() == {field.name for field in fields(VALUES[name])}
    assert [field for field, kind in kinds.items() if Kind in map(type, parts_of(kind))] == []
    assert [field for field, kind in kinds.items() if SomePairs in map(type, parts_of(kind))] == []


def test_no_public_alias_of_types_is_a_text() -> None:
    # of a text and None there is no union, so an annotation with it could not be read
    assert [name for name, value in PUBLIC.items() if isinstance(value, str)] == []


@pytest.mark.parametrize("value", [["a"], "a", 5], ids=repr)
@pytest.mark.parametrize("option", ["pod_spec", "spec", "job_spec", "defaults"])
def test_a_class_of_a_users_hands_on_what_is_checked_too(option: str, value: object) -> None:
    class Nightly(CronJob):
        def __init__(self, scope: Any, id: str, **options: Any) -> None:
            super().__init__(scope, id, containers=[APP], schedule="@daily", **options)

    with pytest.raises(WrongType, match=rf"^Nightly 'shop/web': (set_spec\(\): )?{option} must be a "):
        Nightly(Chart(App(), "shop"), "web", **{option: value})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("replicas", "2"),
        ("labels", 3),
        ("security", 3),
        ("pod_annotations", {"a": True}),
        ("name", 3),
        ("min_ready", 1),
    ],
)
def test_what_a_class_of_a_users_does_not_name_is_compared_too(option: str, value: object) -> None:
    class Web(Deployment):
        def __init__(self, scope: Any, id: str, *, replicas_or_name: object = None, **options: Any) -> None:
            super().__init__(scope, id, containers=[APP], **options)

    error = TypeError if option == "min_ready" else WrongType
    with pytest.raises(error, match=f"unexpected keyword argument|^Web 'shop/web': {option}"):
        Web(Chart(App(), "shop"), "web", **{option: value})


def test_what_a_class_of_a_users_names_is_its_own() -> None:
    class Web(Deployment):
        def __init__(self, scope: Any, id: str, replicas: str, *, labels: str, **options: Any) -> None:
            super().__init__(scope, id, containers=[APP], replicas=int(replicas), labels={labels: ""}, **options)

    web = Web(Chart(App(), "shop"), "web", replicas="2", labels="a")
    assert (web.labels["a"], web.kind_and_spec[1]["replicas"]) == ("", 2)


# --- nothing changes with what the caller does later -----------------------------------------------------------------


class Contributing(patterns.Pattern):
    """A pattern of a user's, that hands on what it gets."""

    def __init__(self, scope: Any, id: str, *, contribution: dict[str, Any]) -> None:
        super().__init__(scope, id)
        self.contribute(Contribution(**contribution))


class Place:
    """What a construct is placed on, and what it needs beside it."""

    def __init__(self) -> None:
        self.app = App()
        self.chart = Chart(self.app, "shop")
        self._web: StatefulSet | None = None

    @property
    def web(self) -> StatefulSet:
        if self._web is None:
            self._web = StatefulSet(
                self.chart,
                "web",
                containers=[APP],
                init_containers=[FIRST, LAST],
                security=Security(run_as_user=1000, run_as_group=1000),
            )
        return self._web

    @property
    def mount(self) -> Any:
        return SharedScratch(self.web, "scratch", mount_path="/scratch").mount


def workload(kind: str) -> dict[str, Any]:
    """The options that all workloads have."""
    specs: dict[str, Any] = {
        "StatefulSet": {"ordinals": {"start": 1}},
        "DaemonSet": {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 1}}},
        "Deployment": {"strategy": {"rollingUpdate": {"maxSurge": 1}}},
        "CronJob": {"suspend": True},
    }
    failures = [{"action": "Ignore", "onExitCodes": {"operator": "In", "values": [1]}}]
    spec = specs.get(kind, {"podFailurePolicy": {"rules": failures}})
    return {
        "containers": [APP],
        "init_containers": [FIRST],
        "pod_labels": {"a": "b"},
        "pod_annotations": {"a": "b"},
        "pod_spec": {"dnsConfig": {"searches": ["a"]}, "tolerations": [{"key": "a", "operator": "Exists"}]},
        "labels": {"a": "b"},
        "annotations": {"a": "b"},
        "defaults": {defaults.SCRATCH_SIZE_LIMIT: "1Mi"},
        **({} if kind == "Pod" else {"spec": spec}),
        **({"selector": {"app": "web"}} if kind in ("StatefulSet", "DaemonSet", "Deployment") else {}),
    }


def with_scratch(made: Any) -> None:
    """A pattern whose size is a default of the workload."""
    SharedScratch(made, "scratch", mount_path="/s", writers=["app"])


ORDER: dict[str, Any] = {"before": ["last"], "after": ["first"]}
OBJECT: dict[str, Any] = {"labels": {"a": "b"}, "annotations": {"a": "b"}}
PROGRAM: dict[str, Any] = {"command": ["sh", "-c", "true"], "env": {"A": "b"}}

#: of each construct that takes lists or mappings: all of them, what else it needs, and how it is made
EXAMPLES: dict[type, tuple[dict[str, Any], Callable[[Place, dict[str, Any]], object]]] = {
    BackupRetention: (
        {"env": {"A": "b"}},
        lambda at, o: BackupRetention(at.web, "x", method=FILES, schedule="@daily", **o),
    ),
    BackupSidecar: (
        {"env": {"A": "b"}, **ORDER},
        lambda at, o: BackupSidecar(at.web, "x", data=at.mount, method=FILES, **o),
    ),
    ConfigFileRenderer: (
        {"templates": {"a": "${A}"}, "values": {"A": "b"}, "check": ["true"], "env": {"C": "d"}, **ORDER},
        lambda at, o: ConfigFileRenderer(at.web, "x", into=at.mount, **o),
    ),
    ConfigMap: ({"data": {"a": "b"}, **OBJECT}, lambda at, o: ConfigMap(at.chart, "x", **o)),
    ConfigReloader: (
        {"watch": [], **ORDER},
        lambda at, o: ConfigReloader(at.web, "x", reload=ReloadByHttp(url="http://127.0.0.1:8080/reload"), **o),
    ),
    ConfigSyncSidecar: (
        {"env": {"A": "b"}, **ORDER},
        lambda at, o: ConfigSyncSidecar(at.web, "x", into=at.mount, source=FromConfigMaps(label="a"), **o),
    ),
    Downloader: (
        {"env": {"A": "b"}, **ORDER},
        lambda at, o: Downloader(at.web, "x", into=at.mount, url="https://a.example.com/b", sha256=DIGEST, **o),
    ),
    InitContainer: (ORDER, lambda at, o: InitContainer(at.web, "x", container=Container(name="x", image="x:1"), **o)),
    InitFileSeeder: (
        {"files": {"a": "b"}, **PROGRAM, **ORDER},
        lambda at, o: InitFileSeeder(at.web, "x", into=at.mount, **o),
    ),
    LogRotation: (
        {"files": ["a.log"], **PROGRAM, **ORDER},
        lambda at, o: LogRotation(at.web, "x", logs=at.mount, by=ReopenByItself(), **o),
    ),
    LoggingSidecar: (
        {"files": ["a.log"], "multiline": [], **PROGRAM, **ORDER},
        lambda at, o: LoggingSidecar(at.web, "x", logs=at.mount, **o),
    ),
    Manifest: (
        {"body": {"spec": {"a": ["b"]}}, "metadata": {"finalizers": ["a.example.com/b"]}, **OBJECT},
        lambda at, o: Manifest(at.chart, "x", api_version="example.com/v1", kind="Shop", **o),
    ),
    MigrationInPlace: (
        {"scripts": {"a.sql": "SELECT 1;"}, "without_transaction": ["a.sql"], "env": {"A": "b"}, **ORDER},
        lambda at, o: MigrationInPlace(at.web, "x", database=PostgresLock(host="db", database="a", user="a"), **o),
    ),
    PermissionFixer: (ORDER, lambda at, o: PermissionFixer(at.web, "x", volume=OLD, because="it is old", **o)),
    ProxySidecar: (
        {"loopback_env": {"HOST": "127.0.0.1"}, "also_open": [9090], **PROGRAM, **ORDER},
        lambda at, o: ProxySidecar(at.web, "x", proxy=NginxCache(), **o),
    ),
    RestoreRehearsal: (
        {"env": {"A": "b"}},
        lambda at, o: RestoreRehearsal(at.web, "x", method=FILES, schedule="@daily", size_limit="1Gi", **o),
    ),
    Service: (
        {"ports": [80], "selector": {"a": "b"}, "spec": {"externalIPs": ["192.0.2.1"]}, **OBJECT},
        lambda at, o: Service(at.chart, "x", **o),
    ),
    SharedScratch: (
        {"writers": ["app"], "readers": ["first"]},
        lambda at, o: SharedScratch(at.web, "x", mount_path="/x", **o),
    ),
    Sidecar: (ORDER, lambda at, o: Sidecar(at.web, "x", container=Container(name="x", image="x:1"), **o)),
    WaitFor: ({"env": {"A": "b"}, **ORDER}, lambda at, o: WaitFor(at.web, "x", until=JobComplete(name="a"), **o)),
    Contributing: (
        {
            "contribution": {
                "sidecars": [Container(name="x", image="x:1")],
                "mounts": {"app": []},
                "env": {"app": [EnvVar("A", "b")]},
                "labels": {"a": "b"},
                "annotations": {"a": "b"},
                "pod": {"dnsConfig": {"searches": ["a"]}, "tolerations": [{"key": "a", "operator": "Exists"}]},
                "grace_seconds": {"x": 5},
                "target_ports": {8080: 10000},
                "before": [],
            }
        },
        lambda at, o: Contributing(at.web, "x", **o),
    ),
    Pod: (workload("Pod"), lambda at, o: Pod(at.chart, "x", **o)),
    Deployment: (workload("Deployment"), lambda at, o: Deployment(at.chart, "x", **o)),
    DaemonSet: (workload("DaemonSet"), lambda at, o: DaemonSet(at.chart, "x", **o)),
    StatefulSet: (
        {**workload("StatefulSet"), "volume_claims": [VolumeClaim(name="d", size="1Gi")]},
        lambda at, o: StatefulSet(at.chart, "x", **o),
    ),
    Job: (workload("Job"), lambda at, o: Job(at.chart, "x", **o)),
    Migration: (workload("Migration"), lambda at, o: Migration(at.chart, "x", **o)),
    CronJob: (
        {**workload("CronJob"), "job_spec": workload("Job")["spec"]},
        lambda at, o: CronJob(at.chart, "x", schedule="@daily", **o),
    ),
}


def changed_later(value: Any) -> None:
    """Change everything below the value, and the value itself."""
    for item in list(value.values() if isinstance(value, dict) else value):
        if isinstance(item, dict | list):
            changed_later(item)
    for step in list(value if isinstance(value, dict) else range(len(value))):
        value[step] = "changed"
    value.clear()


def takes_collections(cls: type) -> set[str]:
    return {
        option
        for option, kind in options_of(cls).items()
        if any(isinstance(part, Many | Pairs | PlainJson) for part in parts_of(kind))
    }


def test_every_construct_with_lists_or_mappings_is_here() -> None:
    collections = {cls: takes_collections(cls) for cls in CONSTRUCTS.values() if isinstance(cls, ConstructMeta)}
    wanted = {cls: options for cls, options in collections.items() if options and cls is not Workload}
    here = {cls: set(options) for cls, (options, _) in EXAMPLES.items() if cls is not Contributing}
    assert here == wanted


@pytest.mark.parametrize("cls", EXAMPLES, ids=lambda cls: cls.__name__)
def test_a_construct_does_not_change_with_what_it_was_made_of(cls: type) -> None:
    options, make = copy.deepcopy(EXAMPLES[cls][0]), EXAMPLES[cls][1]
    if cls is not Contributing and "defaults" in options:
        # the keys are themselves, and no copies
        options["defaults"] = dict(EXAMPLES[cls][0]["defaults"])
    at = Place()
    if "watch" in options:
        options["watch"].append(at.mount)
    made = make(at, options)
    before = synth(at.chart)
    changed_later(options)
    assert synth(at.chart) == before
    if isinstance(made, Workload):
        with_scratch(made)
        assert "'sizeLimit': '1Mi'" in repr(synth(at.chart))


@pytest.mark.parametrize("cls", [cls for cls in EXAMPLES if cls is not Contributing], ids=lambda cls: cls.__name__)
def test_what_is_of_another_type_is_refused_by_the_name_of_its_option(cls: type) -> None:
    options, make = EXAMPLES[cls]
    for option in options:
        for wrong in (5, object(), [[1]], {"a": {1}}):
            at = Place()
            with pytest.raises(PatternError, match=f"^{cls.__name__} 'shop/.*x': {option}"):
                make(at, {**options, option: wrong})


def test_an_app_and_a_chart_do_not_change_with_what_they_were_made_of() -> None:
    sizes: dict[Any, Any] = {defaults.SCRATCH_SIZE_LIMIT: "1Mi"}
    labels = {"a": "b"}
    for app, of_chart in ((App(defaults=sizes), None), (App(), sizes)):
        sizes[defaults.SCRATCH_SIZE_LIMIT] = "1Mi"
        labels["a"] = "b"
        chart = Chart(app, "shop", labels=labels, defaults=of_chart)
        sizes[defaults.SCRATCH_SIZE_LIMIT] = labels["a"] = "2Mi"
        with_scratch(Deployment(chart, "web", containers=[APP]))
        [document] = synth(chart)
        assert text_at(document, "metadata", "labels", "a") == "b"
        assert "'sizeLimit': '1Mi'" in repr(document)

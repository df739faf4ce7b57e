"""A migration in place: what is rendered, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import somebody_elses

from patterns import (
    App,
    Attempt,
    Chart,
    ConfigMapKey,
    Container,
    Deployment,
    InvalidValue,
    JsonObject,
    MigrationInPlace,
    MigrationPlace,
    MigrationProgram,
    PatternError,
    PostgresLock,
    ResourceRequirements,
    SecretKey,
    Security,
    Sidecar,
    WrongType,
)
from patterns.init_containers.migration_in_place import SCRIPT
from patterns.init_containers.seed_source import FromDirectory
from patterns.init_containers.wait_for import SCRIPT as WAIT
from patterns.model.json import object_at, objects_at, text_at
from patterns.objects.api_access import PolicyRule
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/shop:1.4.2", ports=[8080])
DB = PostgresLock(host="db", user="migrator", database="shop", password=SecretKey("db-migrator", "password"))
NOTES = {"001-notes.sql": "CREATE TABLE notes (id int);\n", "002-index.sql": "CREATE INDEX ON notes (id);\n"}


def web(**options: Any) -> Deployment:
    chart = Chart(App(**options), "shop", namespace="shop", disable_resource_name_hashes=True)
    return Deployment(chart, "web", containers=[APP])


def migrated(**options: Any) -> list[JsonObject]:
    workload = web()
    MigrationInPlace(workload, "migrate", **{"database": DB, "scripts": NOTES, **options})
    return synth(workload.chart)


def data_of(documents: Sequence[JsonObject]) -> dict[str, str]:
    """The files by path."""
    items = objects_at(objects_at(pod_spec_of(find(documents, "Deployment")), "volumes")[0], "configMap", "items")
    data = object_at(find(documents, "ConfigMap"), "data")
    return {text_at(item, "path"): text_at(data, text_at(item, "key")) for item in items}


def test_smallest_call(yaml_snapshot: object) -> None:
    assert migrated() == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    workload = web()
    Sidecar(workload, "proxy", container=Container(name="proxy", image="registry.example.com/proxy:1.0.0"))
    MigrationInPlace(
        workload,
        "migrate",
        database=PostgresLock(
            host="db.shop.svc",
            port=6432,
            user="migrator",
            database="orders",
            password=SecretKey("db-migrator", "password"),
            ssl_mode="verify-ca",
            ca=ConfigMapKey("company-ca", "ca.crt"),
            table="orders.schema_versions",
        ),
        scripts={**NOTES, "003-user.sql": "\\getenv p P\nALTER ROLE orders PASSWORD :'p';\n"},
        without_transaction=["002-index.sql"],
        lock_timeout_seconds=3,
        timeout_seconds=60,
        not_secret="the password is a variable",
        image="registry.example.com/postgres-client:18.1",
        env={"P": SecretKey("orders-runtime", "password")},
        resources=ResourceRequirements(requests={"memory": "32Mi"}),
        security=Security(run_as_user=70, read_only_root_filesystem=True),
        after=["proxy"],
    )
    documents = synth(workload.chart)
    command = container_of(find(documents, "Deployment"), "migrate")["command"]
    assert isinstance(command, list)
    command[2], command[7] = "<migrate.sh>", "<wait.sh>"
    data = object_at(find(documents, "ConfigMap"), "data")
    for name in ("check", "direct", "fail", "script", "session", "turn"):
        data[f"program_{name}.sql"] = f"<migrate_{name}.sql>\n"
    assert documents == yaml_snapshot


def test_another_script_is_another_config_map_and_rolls_the_pods() -> None:
    templates = [
        find(migrated(scripts=scripts), "Deployment")["spec"]
        for scripts in (NOTES, dict(reversed(NOTES.items())), {**NOTES, "003.sql": "SELECT 1;"})
    ]
    assert templates[0] == templates[1]
    assert templates[1] != templates[2]


def test_scripts_are_applied_in_the_order_of_their_names() -> None:
    main = data_of(migrated(scripts=dict(reversed(NOTES.items()))))["program/main.sql"]
    assert main.index("'001-notes.sql'\n") < main.index("'002-index.sql'\n")


def test_the_password_is_in_this_container_alone_and_in_no_argument() -> None:
    documents = migrated()
    deployment = find(documents, "Deployment")
    assert str(documents).count("db-migrator") == 1
    env = objects_at(container_of(deployment, "migrate"), "env")
    assert {"name": "PGPASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-migrator", "key": "password"}}} in env
    assert "env" not in container_of(deployment, "app")


def test_a_directory_of_scripts(tmp_path: Path) -> None:
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "README.md").write_text("about them\n")
    data = data_of(migrated(scripts=FromDirectory(tmp_path, exclude=["*.md"])))
    assert {name: data[f"scripts/{name}"] for name in NOTES} == NOTES
    with pytest.raises(InvalidValue, match=r"scripts\['README.md'\] must have a name that ends in '.sql'; leave out"):
        migrated(scripts=FromDirectory(tmp_path))
    (tmp_path / "003.sql").write_bytes(b"\xff")
    with pytest.raises(InvalidValue, match=r"scripts\['003.sql'\] must be UTF-8 text; exclude what is no script"):
        migrated(scripts=FromDirectory(tmp_path))


def test_it_is_placed_on_somebody_else_s_workload() -> None:
    chart = Chart(App(), "shop", namespace="shop")
    MigrationInPlace(somebody_elses.workload(chart), "migrate", database=DB, scripts=NOTES)
    spec = pod_spec_of(find(synth(chart), "Deployment"))
    assert [c["name"] for c in objects_at(spec, "initContainers")] == ["migrate"]
    assert spec["containers"] == [{"name": "app", "image": "a:1"}]


def test_a_database_of_one_s_own() -> None:
    @dataclass(frozen=True)
    class OurDatabase:
        host: str

        def migration_program(self, place: MigrationPlace) -> MigrationProgram:
            image = "registry.example.com/our-migrate:2.1.0"
            ready = Attempt(what=f"ours at {self.host}", command=["our-ping", self.host], image=image)
            done = "\n".join(place.sha256[name] for name in place.scripts)
            return MigrationProgram(
                ready=ready, command=["our-migrate", place.program_directory], files={"sums.txt": f"{done}\n"}
            )

    documents = migrated(database=OurDatabase("bus"), scripts={"a.cql": "A", "b.cql": "B"})
    container = container_of(find(documents, "Deployment"), "migrate")
    assert container["image"] == "registry.example.com/our-migrate:2.1.0"
    words = ["600", "10", "ours at bus", WAIT, "2", "our-migrate", "/migrate/program", "our-ping", "bus"]
    assert container["command"] == ["sh", "-c", SCRIPT, "migrate", *words]
    assert data_of(documents)["program/sums.txt"].startswith("559aead0")


HOSTILE_NAMES = [
    "a'b.sql",
    'a"b.sql',
    "a\\b.sql",
    "$HOME.sql",
    "$(id).sql",
    "a:x.sql",
    "a\nb.sql",
    "a b.sql",
    "`id`.sql",
]


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "../a.sql", "a/b.sql", "..a.sql", "ä.sql", ""])
def test_a_name_that_could_be_read_as_something_else_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"scripts: name .* must be at most 253 letters, digits, '-', '_' and '.'"):
        migrated(scripts={name: "SELECT 1;"})


@pytest.mark.parametrize("text", ["$(PATH)", "${HOME}", "a'b", 'a"b', "a;b", "`id`", "%s", "#", "\\q", ":x", "--"])
def test_text_of_a_user_stays_text(text: str) -> None:
    lock = PostgresLock(host="db", user=text, database=text)
    documents = migrated(database=lock, scripts={"1.sql": f"SELECT $a${text}$a$;"})
    env = {
        text_at(each, "name"): each.get("value") for each in objects_at(container_of(documents[0], "migrate"), "env")
    }
    assert env["PGUSER"] == env["PGDATABASE"] == text.replace("$(", "$$(")
    data = data_of(documents)
    assert data["scripts/1.sql"] == f"SELECT $a${text}$a$;"
    assert data["program/main.sql"] == data_of(migrated(scripts={"1.sql": "SELECT 1;"}))["program/main.sql"].replace(
        sha256(b"SELECT 1;").hexdigest(), sha256(data["scripts/1.sql"].encode()).hexdigest()
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scripts": {}}, "scripts must hold at least one, such as"),
        ({"scripts": {"1.sql": "a\0b"}}, "scripts['1.sql'] must be UTF-8 text without a NUL character"),
        ({"scripts": {"1.sql": "x" * 2**20}}, "scripts must be at most 983040 bytes in all"),
        (
            {"scripts": {"9-a.sql": "", "10-b.sql": ""}},
            "'10-b.sql' comes before '9-a.sql', since names are sorted as text; write all numbers with as many digits",
        ),
        ({"scripts": {"notes.txt": ""}}, "must have a name that ends in '.sql'"),
        ({"without_transaction": ["003.sql"]}, "without_transaction must name scripts, got '003.sql'"),
        ({"timeout_seconds": 0}, "timeout_seconds must be at least 1, got 0"),
        ({"lock_timeout_seconds": 0}, "lock_timeout_seconds must be at least 1, got 0"),
        ({"lock_timeout_seconds": 10**6}, "lock_timeout_seconds must be at most 86400, got 1000000"),
        (
            {"scripts": {"1.sql": "SELECT 1;\n\nCREATE UNIQUE INDEX\n CONCURRENTLY a ON b (c);"}},
            "scripts['1.sql'], line 3: CREATE INDEX CONCURRENTLY cannot run in a transaction; put it into a script of "
            "its own that may be run twice, and write without_transaction=['1.sql']",
        ),
        (
            {"scripts": {"1.sql": "-- begin;\nBEGIN;\nSELECT 1;\nCOMMIT;"}},
            "scripts['1.sql'], line 2: BEGIN is not the script's to say",
        ),
        ({"scripts": {"1.sql": "-- postgres://me:hunter2hunter2@db/shop"}}, "and let the script read it"),
        ({"database": PostgresLock}, "database must be a MigrationLock, got the class PostgresLock"),
        (
            {"database": replace(DB, host="localhost", port=8080)},
            "database must not ask port 8080 of container 'app' of the same pod, which starts when all init",
        ),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        migrated(**options)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": ""}, "host must be a name or an address"),
        ({"port": 0}, "port must be 1-65535, got 0"),
        ({"user": ""}, "user must be the name of who owns what the scripts change, got ''"),
        ({"table": "a.b.c"}, "table must be a name of lower-case letters, digits and '_'"),
        ({"table": 'a"; DROP TABLE b; --'}, "table must be a name"),
    ],
)
def test_a_database_that_cannot_be_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        PostgresLock(**{"host": "db", "user": "migrator", **options})
    assert message in str(raised.value)


def test_what_is_no_program_is_refused() -> None:
    class Wrong:
        def migration_program(self, place: MigrationPlace) -> str:
            return place.scripts_directory

    with pytest.raises(WrongType, match=r"migration_program\(\) must give a MigrationProgram, got '/migrate/scripts'"):
        migrated(database=Wrong())
    asks = Attempt(
        what="x", command=["x"], image="a:1", api=[PolicyRule(api_groups=[""], resources=["pods"], verbs=["get"])]
    )
    with pytest.raises(InvalidValue, match="ready must not ask the API of Kubernetes"):
        MigrationProgram(ready=asks, command=["x"])
    with pytest.raises(InvalidValue, match="command must be a list of words"):
        MigrationProgram(ready=Attempt(what="x", command=["x"], image="a:1"), command=[])


def test_the_pod_s_name_is_the_session_s() -> None:
    env = objects_at(container_of(migrated()[0], "migrate"), "env")
    assert {"name": "PGAPPNAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}} in env

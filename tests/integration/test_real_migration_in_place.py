"""The rendered command of ``MigrationInPlace`` against a real PostgreSQL: many at once, killed, held up, refused."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from eventually import eventually
from integration.databases import PostgresServer, pgbouncer
from integration.migrations import Database, Migrating, all_ended
from integration.programs import program
from shells import KINDS, link_tools

from patterns import PostgresLock, SecretKey
from patterns.init_containers.postgres_lock import lock_key

NOTES = {
    "001-notes.sql": "CREATE TABLE notes (id int PRIMARY KEY, text text);\nSELECT pg_sleep(0.3);\n",
    "002-first.sql": "INSERT INTO notes VALUES (1, 'it''s 12:30');\n",
    # without an end
    "003-count.sql": "CREATE TABLE count AS SELECT count(*) FROM notes",
}


@pytest.fixture(scope="module")
def server(module_path: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(module_path / "pg")
    with server.serving():
        server.psql("CREATE ROLE migrator LOGIN PASSWORD 'secret'")
        yield server


@pytest.fixture
def database(server: PostgresServer, request: pytest.FixtureRequest) -> Database:
    return Database(server, f"d{abs(hash(request.node.name)) % 10**12}")


@pytest.mark.parametrize("kind", KINDS)
def test_five_replicas_at_once_apply_each_script_exactly_once(database: Database, tmp_path: Path, kind: str) -> None:
    (tmp_path / "bin").mkdir()
    tools = link_tools(kind, tmp_path / "bin", ("sh", "od", "sleep", "tail", "timeout", "tr"))
    migrating = Migrating(tmp_path / "m", database.lock(), NOTES, tools=tools)
    replicas = [migrating.start() for _ in range(5)]
    assert all_ended(replicas) == [0] * 5
    said = "".join(replica.said() for replica in replicas)
    for name in NOTES:
        assert said.count(f"migrate: applied {name}\n") == 1
    assert database.applied() == list(NOTES)
    assert database.psql("SELECT text, count FROM notes, count") == "it's 12:30|1"
    assert {replica.last_line() for replica in replicas} <= {
        "migrate: all 3 are applied",
        "migrate: all 3 are applied already",
    }


def test_the_plain_form_fails_where_ours_does_not(database: Database, tmp_path: Path) -> None:
    connection = f"host=127.0.0.1 port={database.server.port} user=migrator password=secret dbname={database.name}"
    files = []
    for name, text in NOTES.items():
        (tmp_path / name).write_text(text)
        files += ["-f", str(tmp_path / name)]
    command = [program("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", connection, *files]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) for _ in range(5)]
    ends = [(process.communicate()[1].decode(), process.returncode) for process in started]
    assert sum(code != 0 for _, code in ends) == 4
    assert any("already exists" in said or "duplicate key" in said for said, _ in ends)


def test_a_replica_that_finds_everything_applied_ends_at_once_though_the_lock_is_held(
    database: Database, tmp_path: Path
) -> None:
    migrating = Migrating(tmp_path / "m", database.lock(), NOTES)
    assert migrating.run().ended() == 0
    with database.holding(f"SELECT pg_advisory_lock({lock_key('applied_scripts')})", tmp_path / "other"):
        start = time.monotonic()
        again = migrating.run()
        assert (again.ended(), time.monotonic() - start < 15) == (0, True)
    assert again.last_line() == "migrate: all 3 are applied already"


def test_the_others_finish_when_one_is_killed_in_the_middle(database: Database, tmp_path: Path) -> None:
    database.psql("CREATE TABLE slow AS SELECT 1; GRANT SELECT ON slow TO migrator")
    slow = {**NOTES, "004-slow.sql": "CREATE TABLE late (id int);\nSELECT pg_sleep(40) FROM slow;\n"}
    migrating = Migrating(tmp_path / "m", database.lock(), slow)
    first = migrating.start()
    assert eventually(lambda: "applying 004-slow.sql" in first.said())
    others = [migrating.start() for _ in range(4)]
    assert eventually(lambda: all("waits for its turn after web-1 (pid " in other.said() for other in others))
    database.psql("DELETE FROM slow")
    start = time.monotonic()
    first.kill()
    assert all_ended(others) == [0] * 4
    # the server notices it, though the killed one's statement would take 40 s
    assert time.monotonic() - start < 15
    assert database.applied() == list(slow)
    assert database.psql("SELECT applied_by FROM applied_scripts WHERE version = '004-slow.sql'") != "web-1"


def test_a_lock_that_is_held_ends_in_the_timeout_and_says_by_whom(database: Database, tmp_path: Path) -> None:
    migrating = Migrating(tmp_path / "m", database.lock(), NOTES, timeout_seconds=2)
    with database.holding(f"SELECT pg_advisory_lock({lock_key('applied_scripts')})", tmp_path / "other"):
        start = time.monotonic()
        replica = migrating.run()
        assert time.monotonic() - start < 15
    assert replica.ended() == 3
    assert "ERROR:  gave up waiting for the lock, which psql (pid " in replica.last_line()
    assert migrating.run().ended() == 0


def test_a_table_that_is_locked_ends_in_the_lock_timeout(database: Database, tmp_path: Path) -> None:
    Migrating(tmp_path / "m", database.lock(), NOTES).run()
    more = {**NOTES, "004-column.sql": "ALTER TABLE notes ADD COLUMN done bool;\n"}
    migrating = Migrating(tmp_path / "n", database.lock(), more, lock_timeout_seconds=1)
    with database.holding("SELECT * FROM notes", tmp_path / "other"):
        replica = migrating.run()
    assert replica.ended() == 3
    assert replica.last_line().endswith("004-column.sql:1: ERROR:  canceling statement due to lock timeout")
    assert migrating.run().last_line() == "migrate: all 4 are applied"


def test_scripts_that_take_too_long_are_ended_by_the_server(database: Database, tmp_path: Path) -> None:
    slow = {"001.sql": "CREATE TABLE a (id int);\nSELECT pg_sleep(40);\n"}
    migrating = Migrating(tmp_path / "m", database.lock(), slow, timeout_seconds=2)
    replica = migrating.run()
    assert replica.last_line().endswith("001.sql:2: ERROR:  canceling statement due to statement timeout")
    assert database.applied() == []


def test_a_script_that_was_changed_after_it_was_applied_is_refused_by_name(database: Database, tmp_path: Path) -> None:
    Migrating(tmp_path / "m", database.lock(), NOTES).run()
    changed = {**NOTES, "002-first.sql": "INSERT INTO notes VALUES (2, 'two');\n", "004-new.sql": "SELECT 1;\n"}
    replica = Migrating(tmp_path / "n", database.lock(), changed).run()
    assert replica.ended() == 3
    assert "ERROR:  002-first.sql was changed after it was applied; put it back as it was" in replica.last_line()
    assert database.applied() == list(NOTES)


def test_an_older_pod_that_starts_again_finds_newer_scripts_and_says_so(database: Database, tmp_path: Path) -> None:
    newer = {**NOTES, "004-new.sql": "SELECT 1;\n"}
    Migrating(tmp_path / "m", database.lock(), newer).run()
    replica = Migrating(tmp_path / "n", database.lock(), NOTES).run()
    assert replica.ended() == 0
    assert "migrate: 004-new.sql is applied and not known here, as after a newer version; it stays\n" in replica.said()


def test_a_script_that_fails_is_rolled_back_wholly_and_tried_again(database: Database, tmp_path: Path) -> None:
    bad = {**NOTES, "004-bad.sql": "CREATE TABLE half (id int);\nINSERT INTO notes VALUES (1, 'twice');\n"}
    migrating = Migrating(tmp_path / "m", database.lock(), bad)
    for _ in range(2):
        replica = migrating.run()
        assert replica.ended() == 3
        said = '004-bad.sql:2: ERROR:  duplicate key value violates unique constraint "notes_pkey"'
        assert replica.last_line().endswith(said)
    assert database.applied() == list(NOTES)
    assert database.psql("SELECT to_regclass('half') IS NULL") == "t"
    database.psql("DELETE FROM notes")
    assert migrating.run().last_line() == "migrate: all 4 are applied"


def test_an_index_is_made_concurrently_while_others_wait_for_their_turn(database: Database, tmp_path: Path) -> None:
    scripts = {**NOTES, "004-index.sql": "CREATE INDEX CONCURRENTLY by_text ON notes (text);\n"}
    migrating = Migrating(tmp_path / "m", database.lock(), scripts, without_transaction=["004-index.sql"])
    replicas = [migrating.start() for _ in range(4)]
    assert all_ended(replicas) == [0] * 4
    assert database.psql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'by_text'::regclass") == "t"
    assert database.applied() == list(scripts)


def test_an_index_that_was_not_finished_is_made_anew(database: Database, tmp_path: Path) -> None:
    index = "DROP INDEX CONCURRENTLY IF EXISTS by_text;\nCREATE UNIQUE INDEX CONCURRENTLY by_text ON notes (text);\n"
    scripts = {"001.sql": "CREATE TABLE notes AS SELECT 'a' AS text FROM generate_series(1, 2);\n", "002.sql": index}
    migrating = Migrating(tmp_path / "m", database.lock(), scripts, without_transaction=["002.sql"])
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('by_text')"
    replica = migrating.run()
    assert replica.last_line().endswith('002.sql:2: ERROR:  could not create unique index "by_text"')
    assert (database.psql(valid), database.applied()) == ("f", ["001.sql"])
    database.psql("DELETE FROM notes")
    assert migrating.run().last_line() == "migrate: all 2 are applied"
    assert database.psql(valid) == "t"


def test_a_plain_wait_for_the_lock_is_a_deadlock_with_that_index(database: Database) -> None:
    database.psql("CREATE TABLE notes (id int)")
    connection = f"host=127.0.0.1 port={database.server.port} user=postgres password=secret dbname={database.name}"
    lock = ["-c", "SELECT pg_advisory_lock(1)"]
    index = ["-c", "SELECT pg_sleep(1)", "-c", "CREATE INDEX CONCURRENTLY by_id ON notes (id)"]
    both = []
    for statements in ([*lock, *index], lock):
        command = [program("psql"), "-Xq", "-v", "ON_ERROR_STOP=1", connection, *statements]
        both.append(subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL))
        assert eventually(lambda: database.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") != "0")
    assert "deadlock detected" in "".join(process.communicate()[1].decode() for process in both)


def test_what_a_script_sets_does_not_reach_the_next_one(database: Database, tmp_path: Path) -> None:
    database.psql("CREATE ROLE nobody_at_all; GRANT nobody_at_all TO migrator")
    setting = "SET ROLE nobody_at_all;\nSET search_path = '';\n\\set ON_ERROR_STOP off\n\\set AUTOCOMMIT off\n"
    scripts = {"001-set.sql": setting, "002.sql": "CREATE TABLE plain (id int);\nSELECT 1 / 0;\nSELECT 2;\n"}
    replica = Migrating(tmp_path / "m", database.lock(), scripts).run()
    assert replica.last_line().endswith("002.sql:2: ERROR:  division by zero")
    assert database.applied() == ["001-set.sql"]


@pytest.mark.parametrize(
    ("script", "alone", "said"),
    [
        # not seen in the text, where END ends a body too
        ("CREATE TABLE a (id int);\nEND;\n", False, "001.sql ended the transaction that it runs in"),
        ("\\set ON_ERROR_STOP off\nSELECT 1 / 0;\n", False, "current transaction is aborted"),
        ("CREATE TABLE a (id int);\nSELECT 'open;\n", False, "unterminated quoted string"),
        ("\\if true\nCREATE TABLE a (id int);\n", False, "reached EOF without finding closing \\endif(s)"),
        ("BEGIN;\nCREATE TABLE a (id int);\n", True, "001.sql begins a transaction and does not end it; write COMMIT"),
        # as behind a pooler
        ("SELECT pg_advisory_unlock_all();\n", False, "the lock is lost; connect to the server itself"),
    ],
)
def test_a_script_that_undoes_what_holds_it_is_an_error(
    database: Database, tmp_path: Path, script: str, alone: bool, said: str
) -> None:
    replica = Migrating(
        tmp_path / "m", database.lock(), {"001.sql": script}, without_transaction=["001.sql"] if alone else []
    ).run()
    assert replica.ended() == 3
    assert said in replica.last_line()
    assert database.applied() == []


def test_a_pooler_may_keep_sessions_and_not_change_them(server: PostgresServer, tmp_path: Path) -> None:
    for mode, code in (("session", 0), ("transaction", 3)):
        server.psql(f"CREATE DATABASE {mode}")
        with pgbouncer(tmp_path / mode, server, mode, mode) as port:
            lock = PostgresLock(
                host="127.0.0.1", port=port, user="postgres", database=mode, password=SecretKey("a", "b")
            )
            replica = Migrating(tmp_path / f"{mode}-files", lock, NOTES).run()
            assert replica.ended() == code, replica.said()
    assert "ERROR:  a pooler stands between that changes the session between transactions" in replica.last_line()


def test_a_script_is_utf_8_for_a_database_of_another_encoding(server: PostgresServer, tmp_path: Path) -> None:
    server.psql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0 OWNER migrator")
    lock = PostgresLock(
        host="127.0.0.1", port=server.port, user="migrator", database="latin", password=SecretKey("a", "b"), table="a.b"
    )
    scripts = {"001.sql": "CREATE TABLE notes AS SELECT 'é' AS text;\n"}
    server.psql("CREATE SCHEMA a AUTHORIZATION migrator; GRANT CREATE ON SCHEMA public TO migrator", "latin")
    assert Migrating(tmp_path / "m", lock, scripts).run().ended() == 0
    assert server.psql("SELECT length(text) FROM notes", "latin") == "1"


def test_it_waits_for_the_server_and_then_for_the_rest_of_its_time(tmp_path: Path) -> None:
    server = PostgresServer(tmp_path / "pg")
    lock = PostgresLock(host="127.0.0.1", port=server.port, user="postgres", password=SecretKey("a", "b"))
    migrating = Migrating(tmp_path / "m", lock, {"001.sql": "CREATE TABLE a (id int);\n"}, timeout_seconds=30)
    replica = migrating.start()
    assert eventually(lambda: "Connection refused" in replica.said())
    with server.serving():
        assert replica.ended() == 0
        assert server.psql("SELECT applied_by FROM applied_scripts") == "web-1"
    gone = Migrating(tmp_path / "n", lock, {"001.sql": ""}, timeout_seconds=1)
    late = gone.run()
    assert late.ended() == 1
    assert late.last_line().startswith(f"migrate: gave up on PostgreSQL at 127.0.0.1:{server.port} after ")


def test_a_table_of_another_schema_and_a_stop_signal(database: Database, tmp_path: Path) -> None:
    database.psql("CREATE SCHEMA shop AUTHORIZATION migrator")
    scripts = {"001.sql": "CREATE TABLE a (id int);\nSELECT pg_sleep(40);\n"}
    replica = Migrating(tmp_path / "m", database.lock("shop.done"), scripts).start()
    assert eventually(lambda: "applying 001.sql" in replica.said())
    replica.process.terminate()
    assert replica.ended(10) == 143
    locks = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE "
    )
    assert eventually(lambda: database.psql(f"{locks} datname = current_database())") == "0")
    assert database.psql("SELECT count(*) FROM shop.done") == "0"

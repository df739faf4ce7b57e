"""What is seen in a script of PostgreSQL's, and what is not taken for it."""

from __future__ import annotations

import pytest

from patterns.init_containers.sql_statements import outside_transaction, transaction_control


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("create index concurrently a on b (c);", 1, "CREATE INDEX CONCURRENTLY"),
        ("-- x;\nSELECT ';';\nDROP  INDEX\nCONCURRENTLY a", 3, "DROP INDEX CONCURRENTLY"),
        ("REINDEX (VERBOSE) TABLE CONCURRENTLY a;", 1, "REINDEX CONCURRENTLY"),
        ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY;", 1, "DETACH PARTITION CONCURRENTLY"),
        ("/* why\n */ VACUUM (ANALYZE) a;", 2, "VACUUM"),
        ("SELECT 1; ALTER SYSTEM SET a = 1;", 1, "ALTER SYSTEM"),
        ("CREATE DATABASE a;", 1, "CREATE DATABASE"),
    ],
)
def test_what_a_transaction_does_not_take(text: str, line: int, words: str) -> None:
    assert outside_transaction(text) == (line, words)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE INDEX a ON b (c);",
        "COMMENT ON INDEX a IS 'made by; CREATE INDEX CONCURRENTLY';",
        "SELECT E'it\\'s; VACUUM a';",
        "CREATE FUNCTION f() RETURNS void AS $body$ BEGIN; VACUUM; COMMIT; END; $body$ LANGUAGE plpgsql;",
        'CREATE TABLE "a; VACUUM" (id int);',
        "REINDEX TABLE a; -- CONCURRENTLY",
    ],
)
def test_what_it_takes(text: str) -> None:
    assert outside_transaction(text) is None
    assert transaction_control(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BEGIN;", (1, "BEGIN")),
        ("begin work", (1, "BEGIN")),
        ("SELECT 1;\n\nStart Transaction Isolation Level Serializable;", (3, "START TRANSACTION")),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE;", (1, "BEGIN")),
        ("COMMIT AND CHAIN;", (1, "COMMIT")),
        ("ROLLBACK;", (1, "ROLLBACK")),
        ("ROLLBACK TO before;", None),
        ("SAVEPOINT before;", None),
        ("PREPARE TRANSACTION 'a';", (1, "PREPARE TRANSACTION")),
        ("PREPARE a AS SELECT 1;", None),
        ("COMMENT ON TABLE a IS 'b';", None),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;", None),
        ("DO $$ BEGIN PERFORM 1; END $$;", None),
    ],
)
def test_what_begins_or_ends_a_transaction(text: str, found: tuple[int, str] | None) -> None:
    assert transaction_control(text) == found

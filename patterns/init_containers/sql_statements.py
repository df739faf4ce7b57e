"""Which statements of PostgreSQL a script holds: enough to see those that its transaction does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: comments, strings, names and bodies of functions: what may hold any text
_OPAQUE = re.compile(
    r"--[^\n]*|/\*.*?\*/|\b[eE]'(?:\\.|[^'\\])*'|'[^']*'|\"[^\"]*\""
    r"|(?<![A-Za-z0-9_$])(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?P=tag)",
    re.DOTALL,
)
_NOT_IN_TRANSACTION = (
    (r"CREATE (?:UNIQUE )?INDEX CONCURRENTLY", "CREATE INDEX CONCURRENTLY"),
    (r"DROP INDEX CONCURRENTLY", "DROP INDEX CONCURRENTLY"),
    (r"REINDEX .*\bCONCURRENTLY", "REINDEX CONCURRENTLY"),
    (r"ALTER TABLE .*\bDETACH PARTITION .*\bCONCURRENTLY", "DETACH PARTITION CONCURRENTLY"),
    (r"(VACUUM|ALTER SYSTEM)\b", ""),
    (r"((?:CREATE|DROP) (?:DATABASE|TABLESPACE))\b", ""),
)
#: what begins or ends a transaction, but for ``END``, by which a body ``BEGIN ATOMIC`` ends too
_TRANSACTION = re.compile(
    r"(BEGIN|COMMIT|ABORT|ROLLBACK)(?: (?:WORK|TRANSACTION))?(?: AND (?:NO )?CHAIN)?|(START TRANSACTION)\b.*"
    r"|(BEGIN) (?:ISOLATION|READ|DEFERRABLE)\b.*|(PREPARE TRANSACTION)\b.*"
)


def outside_transaction(text: str) -> tuple[int, str] | None:
    """The line and words of the first statement that PostgreSQL does not take in a transaction.

    https://www.postgresql.org/docs/current/sql-createindex.html
    """
    for line, statement in _statements(text):
        for pattern, words in _NOT_IN_TRANSACTION:
            found = re.match(pattern, statement)
            if found:
                return line, words or found[1]
    return None


def transaction_control(text: str) -> tuple[int, str] | None:
    """The line and words of the first statement that begins or ends a transaction."""
    for line, statement in _statements(text):
        found = _TRANSACTION.fullmatch(statement)
        if found:
            return line, next(word for word in found.groups() if word)
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The statements with their lines, in upper case and single blanks, without what may hold any text."""
    bare = _OPAQUE.sub(lambda opaque: " " + "\n" * opaque[0].count("\n"), text)
    line = 1
    for part in bare.split(";"):
        statement = part.strip()
        if statement:
            yield line + part[: part.index(statement[0])].count("\n"), " ".join(statement.upper().split())
        line += part.count("\n")

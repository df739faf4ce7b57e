"""The files that are followed."""

from __future__ import annotations

import pytest

from patterns.errors import InvalidValue
from patterns.sidecars.log_files import followed_paths


def test_the_paths_lie_below_the_mount() -> None:
    assert followed_paths("/var/log/app/", ["access.log", "http/error.log"], patterns=False) == [
        "/var/log/app/access.log",
        "/var/log/app/http/error.log",
    ]


def test_fluent_bit_takes_patterns() -> None:
    assert followed_paths("/logs", ["*.log"], patterns=True) == ["/logs/*.log"]


@pytest.mark.parametrize(
    ("files", "patterns", "message"),
    [
        ([], False, 'files must name at least one file below the mount, such as files=["access.log"]'),
        (
            ["../secret"],
            False,
            "files[0] must be a path below /logs, such as 'access.log' or 'http/access.log', got '../secret'",
        ),
        (
            ["a.log", "/etc/passwd"],
            True,
            "files[1] must be a path below /logs, such as 'access.log' or 'http/access.log', got '/etc/passwd'",
        ),
        (
            ["*.log"],
            False,
            (
                "files[0] must be the name of one file, got '*.log': `tail` knows no patterns; "
                'name every file, or send the lines with Fluent Bit: to=FluentBitOutput("stdout", {"format": '
                '"json_lines"})'
            ),
        ),
        (
            ["a.log,/etc/passwd"],
            True,
            "files[0] must hold no comma, with which Fluent Bit begins another path, got 'a.log,/etc/passwd'",
        ),
        (["a.log", "a.log"], True, "files[1] is there twice: 'a.log'"),
        (
            ["${HOME}"],
            True,
            (
                "files[0] must not hold '${', got '${HOME}': Fluent Bit puts an environment variable in there and "
                "has no "
                "escape for it; give what is secret or differs by cluster as SecretKey or ConfigMapKey"
            ),
        ),
    ],
)
def test_a_bad_file_name_is_refused(files: list[str], patterns: bool, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        followed_paths("/logs", files, patterns=patterns)
    assert str(caught.value) == message


@pytest.mark.parametrize("directory", ["/logs/*", "/a,b"])
def test_a_mount_whose_path_fluent_bit_would_read_otherwise_is_refused(directory: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        followed_paths(directory, ["a.log"], patterns=True)
    assert str(caught.value) == (
        f"logs must be mounted on a path without , * ? [ ], which Fluent Bit would read as a pattern, got {directory!r}"
    )

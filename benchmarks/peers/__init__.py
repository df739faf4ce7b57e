"""The programs that are measured, one file each; all take the file of names and the folder to write."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.javascript import node


@dataclass(frozen=True)
class Peer:
    """One way to the same documents.

    Args:
        title: what it is, in the table.
        command: how its program is started, given the cache folder with the generated programs.
        python: whether it is Python, whose messages to Node can be counted.
    """

    title: str
    command: Callable[[Path], list[str]]
    python: bool


PEERS = {
    "ours": Peer("patterns", lambda _: [sys.executable, "-m", "benchmarks.peers.ours"], True),
    "l1-python": Peer("L1 objects, Python", lambda cache: [sys.executable, str(cache / "l1_python.py")], True),
    "plus-python": Peer(
        "cdk8s-plus, Python",
        lambda cache: [sys.executable, "-m", "benchmarks.peers.plus_python", str(cache / "texts.json")],
        True,
    ),
    "raw-node": Peer("ApiObject, JavaScript", lambda cache: [str(node()), str(cache / "raw_node.js")], False),
    "l1-node": Peer("L1 objects, JavaScript", lambda cache: [str(node()), str(cache / "l1_node.js")], False),
}

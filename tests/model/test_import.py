"""What an import of the values costs: no Node, no cdk8s, no table of names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def printed(script: str) -> str:
    """What the script prints in a process that has imported nothing."""
    root = Path(__file__).parents[2]
    return subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True).stdout


def test_starts_no_node_and_reads_nothing_that_is_not_used() -> None:
    script = (
        "import sys, patterns.model\n"
        "known = ('cdk8s', 'jsii', 'constructs', 'difflib', 'hashlib', 'json', 'importlib.resources', 'pathlib')\n"
        "print([name for name in (*known, 'patterns.model.storage') if name in sys.modules])\n"
        "from patterns.model import Nfs, Projected, Volume\n"
        "print(Volume('a', Nfs(server='b', path='/c')).render())\n"
    )
    assert printed(script) == "[]\n{'name': 'a', 'nfs': {'server': 'b', 'path': '/c'}}\n"


def test_all_values_and_the_checker_read_nothing_that_only_rare_paths_use() -> None:
    script = (
        "import sys\n"
        "from patterns.model import *\n"
        "print([name for name in ('hashlib', 'pathlib') if name in sys.modules])\n"
        "import patterns.check.command\n"
        "print([name for name in ('hashlib', 'tempfile') if name in sys.modules])\n"
    )
    assert printed(script) == "[]\n[]\n"

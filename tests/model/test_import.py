"""What an import of the values costs: no Node, no cdk8s, no table of names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_starts_no_node_and_reads_nothing_that_is_not_used() -> None:
    script = (
        "import sys, patterns.model\n"
        "known = ('cdk8s', 'jsii', 'constructs', 'difflib', 'json', 'importlib.resources', 'patterns.model.storage')\n"
        "print([name for name in known if name in sys.modules])\n"
        "from patterns.model import Nfs, Projected, Volume\n"
        "print(Volume('a', Nfs(server='b', path='/c')).render())\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n{'name': 'a', 'nfs': {'server': 'b', 'path': '/c'}}\n"

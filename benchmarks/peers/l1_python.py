"""L1 objects of cdk8s in Python: nested calls of the constructors of ``cdk8s_plus_34.k8s``, one for each struct.

The program is written once, from the documents of this library: by hand it is over 200 lines of the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from benchmarks.l1_source import VARIABLES, Language, l1_call
from patterns.model.json import JsonObject

_PROGRAM = """\
import json
import sys
from pathlib import Path

import cdk8s
from cdk8s_plus_34 import k8s


def shop(scope, {variables}):
{body}


def main(names, directory):
    app = cdk8s.App(outdir=directory)
    charts = {{}}
    for chart, *rest in json.loads(Path(names).read_text(encoding="utf-8")):
        if chart not in charts:
            charts[chart] = cdk8s.Chart(app, chart)
        shop(charts[chart], *rest)
    app.synth()


main(*sys.argv[1:])
"""
_IDS = ("id", 'id + "-files"', 'id + "-config"')


def source(documents: Sequence[JsonObject]) -> str:
    """The text of the program."""
    calls = [l1_call(document, place, Language.PYTHON) for document, place in zip(documents, _IDS, strict=True)]
    return _PROGRAM.format(variables=", ".join(VARIABLES), body=indent("\n".join(calls), "    "))

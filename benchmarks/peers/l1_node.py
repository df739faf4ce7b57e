"""L1 objects of cdk8s in JavaScript: what TypeScript's compiler would leave of the same program in TypeScript."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from benchmarks.l1_source import VARIABLES, Language, l1_call
from patterns.model.json import JsonObject

# imports/k8s is the file that `cdk8s import` would write; cdk8s-plus itself is not loaded
_PROGRAM = """\
const fs = require("fs");
const {{ App, Chart }} = require("cdk8s");
const k8s = require("cdk8s-plus-34/lib/imports/k8s");

function shop(scope, {variables}) {{
{body}
}}

const [names, directory] = process.argv.slice(2);
const app = new App({{ outdir: directory }});
const charts = new Map();
for (const [chart, ...rest] of JSON.parse(fs.readFileSync(names, "utf-8"))) {{
  if (!charts.has(chart)) charts.set(chart, new Chart(app, chart));
  shop(charts.get(chart), ...rest);
}}
app.synth();
"""
_IDS = ("id", 'id + "-files"', 'id + "-config"')


def source(documents: Sequence[JsonObject]) -> str:
    """The text of the program."""
    calls = [
        l1_call(document, place, Language.JAVASCRIPT) + ";" for document, place in zip(documents, _IDS, strict=True)
    ]
    return _PROGRAM.format(variables=", ".join(VARIABLES), body=indent("\n".join(calls), "  "))

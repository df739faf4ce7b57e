"""Plain ``cdk8s.ApiObject`` in JavaScript: the documents as literals, nothing converted; the fastest that cdk8s has."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.l1_source import VARIABLES, Language, literal
from patterns.model.json import JsonObject

_PROGRAM = """\
const fs = require("fs");
const {{ ApiObject, App, Chart }} = require("cdk8s");

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
        f"  new ApiObject(scope, {place}, {literal(document, Language.JAVASCRIPT)});"
        for document, place in zip(documents, _IDS, strict=True)
    ]
    return _PROGRAM.format(variables=", ".join(VARIABLES), body="\n".join(calls))

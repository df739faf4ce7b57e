"""Write the generated programs into the cache folder: ``python -m benchmarks.programs FOLDER``.

A process of its own, because it starts Node, which nothing that is measured should have beside it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import yaml

from benchmarks.javascript import unpack
from benchmarks.l1_source import with_variables
from benchmarks.peers import l1_node, l1_python, ours, raw_node
from benchmarks.workload import HASHES
from patterns import App, Chart
from patterns.model.json import Json, JsonObject, text_at

_ID = "id-of-the-workload"


def main(folder: str) -> None:
    """Render one shop, and write it as a program of each peer that is generated."""
    app = App(outdir=folder)
    ours.shop(Chart(app, "template"), _ID)
    rendered = list(yaml.load_all(app.synth_yaml(), yaml.CSafeLoader))
    web, files, config = (text_at(document, "metadata", "name") for document in rendered)
    names = {_ID: "id", web: "web", files: "files", config: "config"}
    documents = [cast("JsonObject", with_variables(document, names)) for document in rendered]
    cache = Path(folder)
    unpack(cache)
    for file, text in (
        ("texts.json", json.dumps(_texts(documents))),
        (HASHES, json.dumps([name.rpartition("-")[2] for name in (files, config)])),
        ("l1_python.py", l1_python.source(documents)),
        ("l1_node.js", l1_node.source(documents)),
        ("raw_node.js", raw_node.source(documents)),
    ):
        written = cache / f"{file}.{os.getpid()}"
        written.write_text(text, encoding="utf-8")
        written.replace(cache / file)


def _texts(documents: Sequence[JsonObject]) -> dict[str, str]:
    """The long and computed texts of the documents, for the program that is written by hand."""
    web, files, config = documents
    [seed, drain] = [text for text in _strings(web) if "\n" in text]
    return {
        "seed.sh": seed,
        "drain.sh": drain,
        **cast("dict[str, dict[str, str]]", files)["data"],
        **cast("dict[str, dict[str, str]]", config)["data"],
    }


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, Sequence):
        for item in value:
            yield from _strings(item)


if __name__ == "__main__":
    main(*sys.argv[1:])

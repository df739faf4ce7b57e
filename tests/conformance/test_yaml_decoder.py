"""kubectl's own decoder, built from `decoder/`, takes back what we write, and reads files as we read them.

It needs Go, and fails without it: a tier that skips itself proves nothing. The manifests are real files outside the
project; their folder is named by the environment variable ``MANIFESTS``, or stands beside the project in ``shared``.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from patterns.errors import InvalidValue
from patterns.model.json import Json
from patterns.yaml import read_yaml, write_yaml

pytestmark = pytest.mark.conformance

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = Path(os.environ.get("PATTERNS_CACHE", ROOT / ".cache"))
MANIFESTS = Path(os.environ.get("MANIFESTS", ROOT.parent / "shared" / "manifests"))

STRINGS: list[str] = json.loads((HERE.parent / "yaml" / "strings.json").read_text(encoding="utf-8"))
SCALARS: dict[str, dict[str, Any]] = json.loads((HERE.parent / "yaml" / "kubectl-scalars.json").read_text())

ALPHABETS = {
    "numbers": "0123456789_+-.eEoOxXbB:aAfFnNiI,",
    "words": "yYnNoOesfFtTrRuUaAlL~<=.",
    "syntax": "ab01 -?:,[]{}#&*!|>'\"%@`=<~$\\/.",
    "blanks": "ab# \t\n\n \r",
    "unicode": "a\n\t \x00\x07\x1b\x7f\x80\x85\x9f\xa0\xad\u200b\u2028\u2029\u202e\ufeff\ufffd\ufffe\uffff"
    "é日\U0001f600\U0001fffe\U0010ffff",
    "text": "".join(map(chr, range(0x20, 0x7F))) + "\n\n\t",
}
STRINGS_PER_ALPHABET = 8_500


@dataclass(frozen=True)
class Answer:
    documents: list[Any]
    error: str


@pytest.fixture(scope="module")
def decoder() -> Path:
    """The program, built into the cache; Go rebuilds what has changed."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    program = CACHE / "yaml-decoder"
    subprocess.run(["go", "build", "-trimpath", "-o", str(program), "."], cwd=HERE / "decoder", check=True)
    return program


def decoded(decoder: Path, files: Sequence[str | bytes]) -> list[Answer]:
    """What kubectl reads in each of the files, asked in one go."""
    lines = (b64encode(file if isinstance(file, bytes) else file.encode()) + b"\n" for file in files)
    answers = subprocess.run([decoder], input=b"".join(lines), stdout=subprocess.PIPE, check=True).stdout.splitlines()
    assert len(answers) == len(files)
    return [Answer(found["documents"], found.get("error", "")) for found in map(json.loads, answers)]


def everywhere(text: str) -> dict[str, Any]:
    """A document which has ``text`` in every place where a string can stand."""
    return {"value": text, "items": [text, [text], {text: text}], "below": {text: {text: [text]}}, text: 1, "end": text}


def random_strings() -> list[str]:
    source = random.Random(20250101)
    found: list[str] = []
    for alphabet in ALPHABETS.values():
        strings: dict[str, None] = {}
        while len(strings) < STRINGS_PER_ALPHABET:
            length = source.randint(1, source.choice([4, 8, 30]))
            strings["".join(source.choices(alphabet, k=length))] = None
        found += strings
    return found


def test_it_takes_back_more_than_fifty_thousand_strings_as_values_and_as_keys(decoder: Path) -> None:
    strings = random_strings()
    assert len(strings) > 50_000
    documents = [everywhere(text) for text in strings]

    answers = decoded(decoder, [write_yaml([document]) for document in documents])

    wrong = [
        (text, answer)
        for text, document, answer in zip(strings, documents, answers, strict=True)
        if answer != Answer([document], "")
    ]
    assert wrong == []


def test_it_takes_back_the_difficult_strings_in_one_file_of_many_documents(decoder: Path) -> None:
    strings = [*STRINGS, "x" * 1100, "x y" * 500, '"' * 1100, "a" * 900 + "\n" + "b" * 900, "é" * 1020]
    documents = [everywhere(text) for text in strings]

    assert decoded(decoder, [write_yaml(documents)]) == [Answer(documents, "")]


def test_it_takes_back_numbers(decoder: Path) -> None:
    source = random.Random(20250101)
    numbers: list[Json] = [
        source.choice([-1, 1]) * source.random() * 10.0 ** source.randint(-300, 300) for _ in range(5_000)
    ]
    numbers += [source.randint(-(2**53), 2**53) for _ in range(5_000)] + [2**53, 0.1, 1e22, 1e-7, 5e-324, 1.5e300]

    (answer,) = decoded(decoder, [write_yaml([{"numbers": numbers}])])

    # Go writes doubles from 2**53 to 1e21 as integers, with zeros for the digits that a double does not have
    assert [float(number) for number in answer.documents[0]["numbers"]] == numbers


def test_it_confirms_the_table_of_bare_scalars(decoder: Path) -> None:
    values = decoded(decoder, [f"a: {text}" for text in SCALARS["values"]])
    keys = decoded(decoder, [f"{text}: 1" for text in SCALARS["keys"]])

    assert values == [Answer([{"a": value}], "") for value in SCALARS["values"].values()]
    assert keys == [Answer([{key: 1}], "") for key in SCALARS["keys"].values()]


def test_we_read_bare_scalars_as_it_reads_them(decoder: Path) -> None:
    source = random.Random(20250101)
    scalars = ["".join(source.choices("0123456789_+-.eExXoObB", k=source.randint(1, 7))) for _ in range(20_000)]

    assert_read_alike(decoder, [f"a: {text}\n" for text in scalars])
    assert_read_alike(decoder, [f"{text}: a\n" for text in scalars])


def test_we_read_every_manifest_as_it_reads_it(decoder: Path) -> None:
    files = manifests()

    answers = decoded(decoder, files)

    assert [read_yaml(file) for file in files] == [answer.documents for answer in answers]
    assert {answer.error for answer in answers} == {""}


def test_it_takes_back_every_manifest_that_we_write_again(decoder: Path) -> None:
    read = [[item for item in read_yaml(file) if isinstance(item, dict)] for file in manifests()]

    assert [answer.documents for answer in decoded(decoder, [write_yaml(documents) for documents in read])] == read


def test_we_read_broken_manifests_as_it_reads_them_or_refuse_them(decoder: Path) -> None:
    source = random.Random(20250101)
    pieces = [
        "---",
        "...",
        "<<: ",
        "*a",
        "&a ",
        "!!int ",
        "!!binary ",
        "! ",
        "- ",
        "? ",
        ": ",
        *"{}[],'\"\\#|>~=%@\n\t ",
    ]
    pieces += ["\\'", " #", "|2", "|+", "\n\n", "\r\n", "  ", "y", "0o7", "1e3", "\u2028", "\x85", "é", ".5_0", "\x7f"]
    texts = [file.decode() for file in manifests() if len(file) < 3000]
    broken: list[str] = []
    for _ in range(3_000):
        text = source.choice(texts)
        at = source.randrange(len(text))
        characters = list(text[max(0, at - 200) : at + 300])
        for _ in range(source.randint(1, 4)):
            characters.insert(source.randrange(len(characters) + 1), source.choice(pieces))
        broken.append("".join(characters))

    assert_read_alike(decoder, broken, may_refuse=True)


def test_we_refuse_exploding_aliases_where_it_refuses_them(decoder: Path) -> None:
    copies = [
        f"a: &a [{', '.join('x' * size)}]\nb: [{', '.join(['*a'] * times)}]\nc: [{', '.join('x' * beside)}]\n"
        for size in (1, 20, 150, 400)
        for times in (50, 100, 101, 300, 2000)
        for beside in (0, 10, 100)
    ]

    assert_read_alike(decoder, copies)


def manifests() -> list[bytes]:
    if not MANIFESTS.is_dir():
        pytest.skip(f"no manifests in {MANIFESTS}")
    return [path.read_bytes() for path in sorted(MANIFESTS.glob("*.yaml"))]


def assert_read_alike(decoder: Path, texts: list[str], *, may_refuse: bool = False) -> None:
    """What we read is what kubectl reads; what it refuses, we refuse."""
    for text, answer in zip(texts, decoded(decoder, texts), strict=True):
        try:
            found: Any = read_yaml(text)
        except InvalidValue as error:
            if not answer.error and not may_refuse:
                pytest.fail(f"{text!r} is {answer.documents}, and we refuse it: {error}")
        else:
            # PyYAML takes the escape \/ of JSON, which go-yaml v2 does not
            if "\\/" not in text or "unknown escape" not in answer.error:
                assert not answer.error, f"{text!r} is refused ({answer.error}), and we read {found}"
                assert found == as_doubles(answer.documents), text


def as_doubles(value: Any) -> Any:
    """Integers beyond 64 bits are floats, which Go writes without an exponent up to 1e21."""
    if isinstance(value, dict):
        return {key: as_doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_doubles(item) for item in value]
    return float(value) if isinstance(value, int) and not -(2**63) <= value < 2**64 else value

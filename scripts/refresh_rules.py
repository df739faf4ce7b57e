"""Writes docs/rules.md, the reference of the rules, from the rules and their cases.

python scripts/refresh_rules.py
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from patterns.model.json import Json
from patterns.pod.checks import FAMILIES, Finding, Object, Outcome, Rule, judge
from patterns.pod.checks.standards import minor_version
from patterns.pod.checks.subject import NEWEST
from patterns.yaml import write_yaml
from patterns.yaml.reader import read_yaml

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "rules.md"
CASES = ROOT / "tests" / "cases"

_HEAD = """\
# Rules

What `App.synth()` and `python -m patterns check` look for. Each rule says what Kubernetes does with an object that
breaks it:

| Outcome | What happens | At a synthesis | `python -m patterns check` |
|---|---|---|---|
| refused | the API server does not take the object | nothing is written | exits 2 |
| broken | the API server takes it, and the pod does not start, or does not work | nothing is written | exits 2 |
| warned | the API server takes it with a warning | shown as a `PatternWarning` | shown; exits 2 with `--strict` |
| opinion | legal, works, and still a trap | shown with `App(opinions=True)` | shown with `--opinions` |

An opinion is waived where it applies, with its reason, which is rendered as an annotation:
`web.waive("image-without-tag", because="built in the cluster")`. Every rule has its good and bad cases in
`tests/cases/`, which a real API server judges too. This page is made from them by `scripts/refresh_rules.py`.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for family in FAMILIES:
        module = import_module(f"patterns.pod.checks.{family}")
        found = [value for value in vars(module).values() if isinstance(value, Rule) and _is_of(value, module.__name__)]
        if found:
            title = (module.__doc__ or "").strip().splitlines()[0].removesuffix(".")
            parts.append(f"## {title[0].upper()}{title[1:]}\n")
            parts += [_section(rule) for rule in found]
    return "\n".join(parts)


def _is_of(rule: Rule, module: str) -> bool:
    return rule.check.__module__ == module


def _section(rule: Rule) -> str:
    finding = _example(rule)
    lines = [f"### {rule.id}", "", f"*{rule.outcome}* · {' '.join(rule.why.split())}", ""]
    if finding is not None:
        lines += ["```yaml", *_excerpt(finding), "```", ""]
        lines += [f"> {_sentence(finding.message)}. Fix: {finding.fix}.", ""]
    return "\n".join([*lines, f"Source: {rule.source}", ""])


def _example(rule: Rule) -> Finding | None:
    for file in sorted((CASES / rule.id).glob("bad-*.yaml")):
        text = file.read_text("utf-8")
        target = f"1.{NEWEST}"
        for line in text.splitlines():
            if line.startswith("# target: "):
                target = line.removeprefix("# target: ")
        minor = minor_version(target)
        objects = [Object(doc, target=minor) for doc in read_yaml(text) if isinstance(doc, dict)]
        everything = judge(opinions=rule.outcome is Outcome.OPINION)
        found = [f for obj in objects for f in everything.object(obj)] + list(everything.together(objects))
        mine = [f for f in found if f.rule == rule.id]
        if mine:
            return mine[0]
    return None


def _excerpt(finding: Finding) -> list[str]:
    """What is wrong, under the keys that lead to it, and nothing beside."""
    value: Json = finding.object.json
    steps: list[str | int] = []
    for step in finding.path:
        inside: Json = value[step] if isinstance(value, dict) and isinstance(step, str) and step in value else None
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            inside = value[step]
        if inside is None:
            break
        value = inside
        steps.append(step)
    first = max(len(steps) - 4, 0)
    while first and isinstance(steps[first], int):
        first -= 1
    shown: Json = value
    for step in reversed(steps[first:]):
        shown = [shown] if isinstance(step, int) else {step: shown}
    if not isinstance(shown, dict):
        return []
    lines = write_yaml([shown]).splitlines()
    lines = [line if len(line) <= 110 else f"{line[:107]}..." for line in lines]
    return lines if len(lines) <= 12 else [*lines[:11], "# ..."]


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 400 else f"{text[:397]}..."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

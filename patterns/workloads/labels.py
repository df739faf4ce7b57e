"""The recommended labels, derived from names only, so that selectors never change with a version."""

from __future__ import annotations

import re
from hashlib import sha256

_LABEL_VALUE_LENGTH = 63


def recommended(id: str, name: str) -> dict[str, str]:
    """``app.kubernetes.io/name`` and ``/instance`` of one workload, of its construct's id and its object's name.

    Two workloads have the same ones where both are the same, which only kinds that differ can have in one namespace;
    `patterns.workloads.selectors` finds them.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/

    Args:
        id: the construct's id.
        name: the object's ``metadata.name``.
    """
    return {"app.kubernetes.io/name": _label_value(id), "app.kubernetes.io/instance": _label_value(name)}


def _label_value(text: str) -> str:
    """``text`` where it is a label value; else its legal characters and a hash that keeps it unique."""
    legal = re.sub(r"[^-A-Za-z0-9_.]", "", text).strip("-_.")
    if legal == text and len(text) <= _LABEL_VALUE_LENGTH:
        return text
    return f"{legal[:54].rstrip('-_.')}-{sha256(text.encode()).hexdigest()[:8]}".lstrip("-_.")

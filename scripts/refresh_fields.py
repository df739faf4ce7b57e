"""Writes patterns/pod/checks/fields.json: the fields of every type that a built-in kind of Kubernetes reaches.

    python scripts/refresh_fields.py OPENAPI

OPENAPI is what an API server answers at ``/openapi/v2``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "patterns" / "pod" / "checks" / "fields.json"
SCALARS = {
    ("string", ""): "s",
    ("string", "date-time"): "t",
    ("string", "byte"): "y",
    ("string", "int-or-string"): "o",
    ("integer", "int32"): "i",
    ("integer", "int64"): "l",
    ("integer", ""): "l",
    ("number", "double"): "n",
    ("number", ""): "n",
    ("boolean", ""): "b",
}
#: types whose JSON is not what their definition says
OPAQUE = ("JSON", "JSONSchemaProps", "RawExtension", "FieldsV1", "Patch")


class Table:
    """The types by short name, and which kind is of which type."""

    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self.names: dict[str, str] = {}
        self.types: dict[str, dict[str, str]] = {}
        self.kinds: dict[str, str] = {}

    def short(self, full: str) -> str:
        """A short name; the same one for the same definition, with the group where two types have one name."""
        if full not in self.names:
            *_, group, version, name = full.split(".")
            free = name if name not in self.names.values() else f"{name}.{group}"
            self.names[full] = free if free not in self.names.values() else f"{name}.{group}.{version}"
            self.types[self.names[full]] = {}
            properties = self.definitions[full].get("properties", {})
            fields = {field: self.holds(schema) for field, schema in properties.items()}
            self.types[self.names[full]] = fields
        return self.names[full]

    def holds(self, schema: dict[str, Any]) -> str:
        if "$ref" in schema:
            full = schema["$ref"].removeprefix("#/definitions/")
            found = self.definitions[full]
            if full.endswith(".Quantity"):
                return "q"
            if full.endswith(OPAQUE) or full.endswith(("OrBool", "OrArray", "OrStringArray")):
                return "?"
            return self.short(full) if "properties" in found else self.holds({**found, "type": found.get("type", "")})
        match schema.get("type"):
            case "array":
                return f"[{self.holds(schema['items'])}]"
            case "object":
                inside = schema.get("additionalProperties")
                return f"{{{self.holds(inside)}}}" if inside else "?"
            case kind:
                return SCALARS.get((kind or "", schema.get("format", "")), "?")


def table(definitions: dict[str, Any]) -> dict[str, Any]:
    found = Table(definitions)
    for full, schema in definitions.items():
        for kind in schema.get("x-kubernetes-group-version-kind", []):
            if "metadata" in schema.get("properties", {}) and not kind["kind"].endswith(("List", "Options")):
                name = "/".join(part for part in (kind["group"], kind["version"]) if part)
                if full.split(".")[-1] == kind["kind"]:
                    found.kinds[f"{name} {kind['kind']}"] = found.short(full)
    return {"kinds": found.kinds, "types": found.types}


def main(openapi: str) -> None:
    made = table(json.loads(Path(openapi).read_text("utf-8"))["definitions"])
    lines = [f"{json.dumps(name)}: {json.dumps(made['types'][name])}" for name in sorted(made["types"])]
    kinds = [f"{json.dumps(name)}: {json.dumps(made['kinds'][name])}" for name in sorted(made["kinds"])]
    text = '{"kinds": {\n' + ",\n".join(kinds) + '\n},\n"types": {\n' + ",\n".join(lines) + "\n}}\n"
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

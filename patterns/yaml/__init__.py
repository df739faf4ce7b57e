"""YAML text that every reader takes back as the same values, and a reader that reads as kubectl does.

The reader needs PyYAML, which is imported when it is first asked for.
"""

from typing import TYPE_CHECKING

from patterns.yaml.writer import write_yaml

if TYPE_CHECKING:
    from patterns.yaml.reader import read_yaml

__all__ = ["read_yaml", "write_yaml"]


def __getattr__(name: str) -> object:
    if name != "read_yaml":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from patterns.yaml.reader import read_yaml

    globals()[name] = read_yaml
    return read_yaml

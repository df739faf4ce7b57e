"""YAML text that every reader takes back as the same values, and a reader that reads as kubectl does."""

from patterns.yaml.reader import read_yaml
from patterns.yaml.writer import write_yaml

__all__ = ["read_yaml", "write_yaml"]

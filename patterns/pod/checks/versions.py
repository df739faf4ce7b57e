"""Rules for fields and values that are too young for the target version."""

from __future__ import annotations

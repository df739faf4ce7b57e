"""Rules for objects that are applied together."""

from __future__ import annotations

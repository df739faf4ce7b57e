"""Rules for container ports."""

from __future__ import annotations

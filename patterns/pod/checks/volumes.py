"""Rules for volumes."""

from __future__ import annotations

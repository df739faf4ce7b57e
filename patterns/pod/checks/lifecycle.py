"""Rules for lifecycle hooks, grace and restart policies."""

from __future__ import annotations

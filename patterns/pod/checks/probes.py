"""Rules for probes."""

from __future__ import annotations

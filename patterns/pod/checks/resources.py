"""Rules for resource requests and limits."""

from __future__ import annotations

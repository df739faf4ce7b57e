"""Rules for Services by themselves."""

from __future__ import annotations

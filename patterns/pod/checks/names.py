"""Rules for the names in a pod, and of objects."""

from __future__ import annotations

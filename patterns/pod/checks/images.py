"""Rules for image names and pull policies."""

from __future__ import annotations

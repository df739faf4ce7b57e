"""Rules for labels and annotations."""

from __future__ import annotations

"""Rules from what is known of widely used images."""

from __future__ import annotations

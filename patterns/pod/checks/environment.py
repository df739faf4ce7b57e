"""Rules for environment variables, commands and arguments."""

from __future__ import annotations

"""Rules for the data of ConfigMaps and Secrets."""

from __future__ import annotations

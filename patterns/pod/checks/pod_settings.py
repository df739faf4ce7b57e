"""Rules for the pod's other settings: DNS, scheduling, host namespaces, tokens."""

from __future__ import annotations

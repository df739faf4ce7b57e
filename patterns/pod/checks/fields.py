"""Rules for fields that Kubernetes does not know, and for values of another type than a field has."""

from __future__ import annotations

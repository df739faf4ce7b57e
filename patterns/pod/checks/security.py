"""Rules for security contexts that the server or the kubelet refuses, whatever the Pod Security level."""

from __future__ import annotations

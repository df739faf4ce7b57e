"""Workloads: our own, and what stands in for somebody else's."""

"""API objects beside workloads."""

"""Containers that run beside the application; one file per pattern."""

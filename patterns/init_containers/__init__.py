"""Containers that run before the application; one file per pattern."""

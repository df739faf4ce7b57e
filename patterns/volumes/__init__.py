"""Directories that the containers of a pod share."""

"""Snapshots of documents as real YAML files; needs syrupy (the extra ``testing``)."""

from __future__ import annotations

from collections.abc import Mapping

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.types import PropertyFilter, PropertyMatcher, SerializableData, SerializedData

from patterns.yaml import write_yaml


class YamlSnapshotExtension(SingleFileSnapshotExtension):
    """One ``.yaml`` file for each snapshot, written as ``App.synth()`` writes it."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"

    def serialize(
        self,
        data: SerializableData,
        *,
        exclude: PropertyFilter | None = None,
        include: PropertyFilter | None = None,
        matcher: PropertyMatcher | None = None,
    ) -> SerializedData:
        """One document, a list of documents, or text that is YAML already."""
        if isinstance(data, str):
            return data
        return write_yaml([dict(data)] if isinstance(data, Mapping) else list(data))

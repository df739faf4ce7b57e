"""Names of indices, as Elasticsearch and OpenSearch take them."""

from __future__ import annotations

import re

from patterns.errors import InvalidValue
from patterns.sidecars.log_output import Property

# https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create
# and no %, where Fluent Bit puts the time in
_INDEX = re.compile(r"(?![-_+])[^A-Z\s\\/*?\"<>|,#:%]+")


def check_index(index: str) -> None:
    """Raises: InvalidValue for a name that the server refuses."""
    if not _INDEX.fullmatch(index) or index in (".", ".."):
        raise InvalidValue(
            'index must be lower case, without spaces and the characters \\ / * ? " < > | , # : %, and not begin '
            f"with - _ +, got {index!r}; for an index every day, write logstash_format=True"
        )


def index_properties(index: str, *, logstash_format: bool, suppress_type_name: bool) -> dict[str, Property]:
    """Where the records go: one index, or one for every day."""
    return {
        **({"logstash_format": True, "logstash_prefix": index} if logstash_format else {"index": index}),
        "suppress_type_name": suppress_type_name,
    }

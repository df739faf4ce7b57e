"""The configuration of a Fluent Bit which follows files: data in, data out, and no text pasted together.

Keys and defaults: https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from patterns.errors import InvalidValue
from patterns.model import Json, JsonObject

#: parsers for stack traces that are built in: https://docs.fluentbit.io/manual/pipeline/parsers/multiline-parsing
MULTILINE_PARSERS = ("go", "java", "python", "ruby")

#: deliveries of one chunk before it is given up, 5 to 60 seconds apart: an outage of some minutes
RETRY_LIMIT = 10
MAX_RETRY_WAIT_SECONDS = 60
#: a longer line is skipped; Fluent Bit's own 32k is less than many a stack trace in one JSON line
MAX_LINE = "256k"

# Memory, in bytes (Fluent Bit's M is 1,000,000). A chunk is 2 MB on average, an output may need twice as much again
# to convert it, and both with a fifth on top: https://docs.fluentbit.io/manual/administration/memory-management
_CHUNK_BYTES = 7_200_000
_BACKLOG_LIMIT = "5M"
_FIXED_BYTES = 12_000_000 + 18_000_000  # the process itself, and its backlog of 5M in the same way
_INPUT_BYTES = 1_000_000
#: Fluent Bit's own default
_MAX_CHUNKS = 128
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """What one Fluent Bit is to do.

    Args:
        tag: what the tags of its records begin with.
        paths: files to follow, as absolute patterns; one input each.
        state: directory of its own, for positions and buffered chunks.
        state_bytes: how much may lie there; ``None`` for no limit.
        memory_bytes: memory limit of its container; ``None`` for no limit.
        port: of its HTTP server.
        address: environment variable with the pod's address, on which the server listens.
        grace_seconds: how long it may go on delivering what it has read, after its stop signal.
        multiline: built-in parsers that put a stack trace together.
        json: read every line as a JSON object.
        metadata: environment variables by the record field that they fill.
        plugin: name of the output plugin.
        properties: properties of the output.
    """

    tag: str
    paths: Sequence[str]
    state: str
    state_bytes: int | None
    memory_bytes: int | None
    port: int
    address: str
    grace_seconds: int
    multiline: Sequence[str]
    json: bool
    metadata: dict[str, str]
    plugin: str
    properties: JsonObject

    def render(self) -> JsonObject:
        """The whole of ``fluent-bit.yaml``.

        Raises:
            InvalidValue: when the memory limit is too small to hold one chunk.
        """
        result: JsonObject = {"service": self._service()}
        if self.json:
            result["parsers"] = [{"name": "json", "format": "json"}]
        result["pipeline"] = {
            "inputs": [self._input(number, path) for number, path in enumerate(self.paths)],
            "filters": [self._metadata()],
            "outputs": [self._output()],
        }
        return result

    def _service(self) -> JsonObject:
        return {
            # the pod's grace period counts on it
            "grace": self.grace_seconds,
            # for the probes
            "http_server": True,
            # of IPv4 or IPv6, whatever the kubelet probes; 0.0.0.0, the default, is not there in a pod of IPv6 alone,
            # and :: not on a node without IPv6
            "http_listen": f"${{{self.address}}}",
            "http_port": self.port,
            "health_check": True,
            # instead of 2000 seconds
            "scheduler.cap": MAX_RETRY_WAIT_SECONDS,
            # what is not delivered yet goes to disk, and memory is bounded
            "storage.path": f"{self.state}/buffer",
            "storage.max_chunks_up": chunks_in_memory(self.memory_bytes, len(self.paths)),
            # the manual's default; the program's own is 100M
            "storage.backlog.mem_limit": _BACKLOG_LIMIT,
        }

    def _input(self, number: int, path: str) -> JsonObject:
        result: JsonObject = {
            "name": "tail",
            "tag": f"{self.tag}.{_tag(path)}",
            "path": path,
            "path_key": "log_path",
            # one database for each input: https://docs.fluentbit.io/manual/pipeline/inputs/tail#database-file
            "db": f"{self.state}/tail-{number}.db",
            # nobody else opens it
            "db.locking": True,
            # A new file may have the inode of one that was deleted while Fluent Bit was down; by its inode alone it
            # would be read from where the old one ended. https://docs.fluentbit.io/manual/pipeline/inputs/tail
            "db.compare_filename": True,
            # the application may have written before the first look
            "read_from_head": True,
            # a file that is made after the start is seen at the next look only, and a short Job is over by then
            "refresh_interval": 0.25,
            "buffer_max_size": MAX_LINE,
            # otherwise a longer line ends the reading of its file
            "skip_long_lines": True,
            "storage.type": "filesystem",
            # Without it the file is read as fast as the disk gives it, and what the buffer does not hold is dropped in
            # silence, with the backend in good health. With it, what was not sent yet waits in the log file.
            # https://docs.fluentbit.io/manual/pipeline/buffering#per-input-settings
            "storage.pause_on_chunks_overlimit": True,
        }
        if self.multiline:
            result["multiline.parser"] = ", ".join(self.multiline)
        if self.json:
            result["parser"] = "json"
        return result

    def _metadata(self) -> JsonObject:
        # `set` of the filter `modify`, because two fields of one name would make a JSON that Elasticsearch refuses
        fields: list[Json] = [f"{field} ${{{variable}}}" for field, variable in self.metadata.items()]
        return {"name": "modify", "match": "*", "set": fields}

    def _output(self) -> JsonObject:
        limit: JsonObject = {"retry_limit": RETRY_LIMIT}
        if self.state_bytes is not None:
            # the oldest chunks go before the kubelet evicts the pod for a full volume; a quarter is left for positions
            limit["storage.total_limit_size"] = self.state_bytes * 3 // 4
        return {"name": self.plugin, "match": "*", **limit, **self.properties}


def chunks_in_memory(memory_bytes: int | None, inputs: int) -> int:
    """``storage.max_chunks_up``: how many chunks fit into the container's memory limit.

    It is what bounds the memory of inputs that buffer on disk; ``mem_buf_limit`` has no effect on them:
    https://docs.fluentbit.io/manual/administration/backpressure#manage-backpressure-for-filesystem-buffering

    Raises:
        InvalidValue: when not one fits.
    """
    if memory_bytes is None:
        return _MAX_CHUNKS
    fixed = _FIXED_BYTES + inputs * _INPUT_BYTES
    chunks = (memory_bytes - fixed) // _CHUNK_BYTES
    if chunks < 1:
        needed = -(-(fixed + _CHUNK_BYTES) // 2**20)
        raise InvalidValue(
            f"resources: the memory limit must be at least {needed}Mi for Fluent Bit with {inputs} "
            f"input{'s' if inputs > 1 else ''}, got {memory_bytes // 2**20}Mi, and it would be killed under load; "
            f'write resources=ResourceRequirements(requests={{"memory": "{needed}Mi"}}, '
            f'limits={{"memory": "{needed}Mi"}})'
        )
    return min(chunks, _MAX_CHUNKS)


def plain_text(where: str, text: str) -> str:
    """``text``, when it means itself in a value of the configuration.

    Fluent Bit puts environment variables in at ``${NAME}`` in every value, and has no escape for it.
    https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml/environment-variables-section

    Raises:
        InvalidValue: when the text has ``${``, or is not of one line.
    """
    if "${" in text:
        raise InvalidValue(
            f"{where} must not hold '${{', got {text!r}: Fluent Bit puts an environment variable in there and has no "
            "escape for it; give what is secret or differs by cluster as SecretKey or ConfigMapKey"
        )
    if _CONTROL.search(text):
        raise InvalidValue(f"{where} must be one line without control characters, got {text!r}")
    return text


def _tag(path: str) -> str:
    """The file's name, without what has a meaning in a tag (``*`` stands for the whole path there)."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", path.rsplit("/", 1)[-1])

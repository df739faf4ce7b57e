"""A ConfigMap from text and bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.manifest import Manifest
from patterns.model import JsonObject, Volume, VolumeMount
from patterns.model.json import object_at
from patterns.model.names import config_map_key, name_beside
from patterns.place import chart_of, join, path_of
from patterns.tree import object_name

if TYPE_CHECKING:
    from constructs import Construct

#: bytes of all values together, without their keys, that the API server takes
MAX_BYTES = 1024 * 1024


class ConfigMap(Manifest):
    """Files for containers: text goes to ``data``, what is not UTF-8 text to ``binaryData``.

    https://kubernetes.io/docs/concepts/configuration/configmap/

    Args:
        scope: where it stands in the tree.
        id: the construct's id.
        data: content by key; a key is a file name without a directory.
        immutable: the kubelet stops watching it, and nobody can change it; default ``None`` renders nothing, except
            with ``hash_in_name``.
        hash_in_name: put the hash of ``data`` behind the name, given or generated, and make the object immutable.
            Another content is another object then: pods that mount it roll when it changes, never find the old content
            with the new template or the other way round, and go back to it in a rollback. What no pod mounts any more
            stays in the cluster until somebody prunes it.
        name, namespace, labels, annotations: of the object.

    Raises:
        InvalidValue: for a bad key, or for more than 1 MiB in all.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        data: Mapping[str, str | bytes],
        immutable: bool | None = None,
        hash_in_name: bool = False,
        name: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.content_hash = content_hash(data)
        known = name
        if hash_in_name:
            immutable = True if immutable is None else immutable
            known = name or _generated_name(scope, id)
            name = f"{known}-{self.content_hash}" if known else None
        super().__init__(
            scope,
            id,
            api_version="v1",
            kind="ConfigMap",
            body=config_map_body(data, immutable=immutable),
            name=name,
            namespace=namespace,
            labels=labels,
            annotations=annotations,
        )
        if hash_in_name and not known:
            self._rename(f"{self.name}-{self.content_hash}")

    def _rename(self, name: str) -> None:
        """Take another name than the one that only Node knew; JavaScript alone still reads that one."""
        self._patterns_manifest.name = self._patterns_manifest.metadata.name = name
        self._change_shared(
            lambda document: {**document, "metadata": {**object_at(document, "metadata"), "name": name}}
        )


def config_map_mounts(
    scope: Construct,
    container: str,
    files: Mapping[str, str],
    mount_path: str,
    *,
    namespace: str | None,
    default_mode: str | None = None,
) -> list[VolumeMount]:
    """A container's own files at ``mount_path``, from a ConfigMap with their hash in its name; nothing where none are.

    Args:
        scope: the ConfigMap stands below it, as ``config``.
        container: its name, which the volume's begins with.
        files: by name.
        mount_path: absolute path of their directory.
        namespace: of the ConfigMap.
        default_mode: of the files.
    """
    if not files:
        return []
    config = ConfigMap(scope, "config", data=files, hash_in_name=True, namespace=namespace)
    volume = Volume.config_map(name_beside(container, "config"), config.name, default_mode=default_mode)
    return [VolumeMount(volume=volume, mount_path=mount_path, read_only=True)]


def _generated_name(scope: Construct, id: str) -> str | None:
    """The name from the place in the tree; None where a chart generates names by itself."""
    if "\n" in id:
        return None
    return object_name(chart_of(scope), join(path_of(scope), id), "ConfigMap")


def config_map_body(data: Mapping[str, str | bytes], *, immutable: bool | None = None) -> JsonObject:
    """``data`` and ``binaryData`` (and ``immutable``) as they are rendered."""
    text: JsonObject = {}
    binary: JsonObject = {}
    size = 0
    for key, content in data.items():
        config_map_key(key)
        raw = content.encode() if isinstance(content, str) else content
        size += len(raw)
        as_text = content if isinstance(content, str) else _text(raw)
        if as_text is None:
            binary[key] = b64encode(raw).decode()
        else:
            text[key] = as_text
    if size > MAX_BYTES:
        raise InvalidValue(
            f"data must not be over {MAX_BYTES} bytes in all, which is what the API server takes, got {size}; bake the "
            "files into an image, or load them from an object store"
        )
    body: JsonObject = {}
    if immutable is not None:
        body["immutable"] = immutable
    if text:
        body["data"] = text
    if binary:
        body["binaryData"] = binary
    return body


def content_hash(data: Mapping[str, str | bytes]) -> str:
    """A hash of keys and contents, for what has to change with them. 16 hexadecimal digits."""
    digest = sha256()
    for key in sorted(data):
        content = data[key]
        raw = content.encode() if isinstance(content, str) else content
        digest.update(f"{len(key)}:{key}{len(raw)}:".encode())
        digest.update(raw)
    return digest.hexdigest()[:16]


def _text(raw: bytes) -> str | None:
    """``raw`` as text, where it is UTF-8 without a NUL, which no container reads as text."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text

"""Waiting for an answer over HTTP."""

from __future__ import annotations

from urllib.parse import urlsplit

from patterns.defaults import CURL_IMAGE
from patterns.errors import InvalidValue
from patterns.init_containers.dependency import FILES, Attempt
from patterns.model import ConfigMapKey, SecretKey, literal
from patterns.model.names import process_text
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class HttpReady(Value):
    """A server that answers a GET with a status from 200 to 399, as an ``httpGet`` probe has it.

    Args:
        url: with scheme, such as ``http://auth:8080/ready``. A redirect is an answer, and is not followed.
        ca: the certificate of the authority that signed the server's, in PEM; default those of the image.

    Raises:
        InvalidValue: for a URL without a host, of another scheme, or with a password in it.
    """

    url: str
    ca: SecretKey | ConfigMapKey | None = None

    def __post_init__(self) -> None:
        process_text(self.url, "url")
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError as error:
            raise InvalidValue(f"url must be such as 'http://auth:8080/ready', got {self.url!r}: {error}") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            raise InvalidValue(f"url must be such as 'http://auth:8080/ready', got {self.url!r}")
        if parts.username is not None:
            raise InvalidValue("url must hold no user and password, which everybody reads; ask what needs none")

    def attempt(self) -> Attempt:
        """One request by ``curl``, of which the body is thrown away."""
        # what would be a range or a list of names to curl is a letter here; `--url` because it may begin with a dash
        command = [
            *("curl", "--silent", "--show-error", "--fail", "--globoff", "--output", "/dev/null"),
            *(["--cacert", f"{FILES}/ca.crt"] if self.ca else []),
            *("--url", literal(self.url)),
        ]
        parts = urlsplit(self.url)
        return Attempt(
            what=self.url,
            command=command,
            image=CURL_IMAGE,
            files={"ca.crt": self.ca} if self.ca else {},
            host=parts.hostname,
            port=parts.port or {"http": 80, "https": 443}[parts.scheme],
        )

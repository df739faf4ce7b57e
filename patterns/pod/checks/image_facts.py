"""What is known of images that people use most. Unknown images give no finding.

Each fact is from the image's own Dockerfile, and holds for all its tags unless a pattern of tags is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import cache, lru_cache
from typing import TypeAlias

from patterns.errors import InvalidValue, PatternError
from patterns.model.calls import checked
from patterns.model.image import reference_of
from patterns.model.value import Value, dataclass


@dataclass(frozen=True, kw_only=True)
class ImageFacts(Value):
    """Facts about an image.

    Args:
        repository: with its registry: ``docker.io/library/nginx``.
        source: where the facts are from.
        tags: a regular expression that the whole tag has to match; default every tag.
        user: as whom the image starts: the number, 0 for root, or the name where its Dockerfile has one, which the
            kubelet cannot tell from root; ``None`` where it is not known.
        shell: whether it has ``sh``; ``None`` where it is not known.
        logs: files that lead to stdout or stderr: a volume over their directory takes them from ``kubectl logs``.
        writes: directories that the program writes to at its start; with a read-only root each needs a volume.
    """

    repository: str
    source: str
    tags: str = ".*"
    user: int | str | None = None
    shell: bool | None = None
    logs: Sequence[str] = ()
    writes: Sequence[str] = ()
    _tags: re.Pattern[str] = field(init=False, repr=False, compare=False, default=re.compile(""))

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "_tags", re.compile(self.tags))
        except re.error as error:
            raise InvalidValue(f"tags must be a regular expression, got {self.tags!r}: {error}") from None

    @checked
    def fits(self, repository: str, tag: str) -> bool:
        """Whether the facts are about this image."""
        return repository == self.repository and self._tags.fullmatch(tag) is not None


@lru_cache(maxsize=4096)
def canonical(image: str) -> tuple[str, str]:
    """Repository, with its registry, and tag of a reference; empty where it is none."""
    try:
        reference = reference_of(image)
    except PatternError:
        return "", ""
    registry, repository = reference.registry or "docker.io", reference.repository
    if registry in ("docker.io", "index.docker.io"):
        registry = "docker.io"
        repository = repository if "/" in repository else f"library/{repository}"
    return f"{registry}/{repository}", reference.tag


_DISTROLESS = "https://github.com/GoogleContainerTools/distroless"
_DISTROLESS_NAMES = (
    *("static", "static-debian12", "base", "base-debian12", "cc", "cc-debian12", "java17-debian12", "java21-debian12"),
    *("nodejs20-debian12", "nodejs22-debian12", "python3", "python3-debian12"),
)


def _distroless(name: str) -> tuple[ImageFacts, ...]:
    repository = f"gcr.io/distroless/{name}"
    return (
        ImageFacts(repository=repository, source=_DISTROLESS, tags="nonroot(-.*)?", user=65532, shell=False),
        ImageFacts(repository=repository, source=_DISTROLESS, tags="debug-nonroot(-.*)?", user=65532, shell=True),
        ImageFacts(repository=repository, source=_DISTROLESS, tags="(latest|)(-.*)?", user=0, shell=False),
    )


def _at_docker(name: str, user: int | str, source: str, *writes: str, shell: bool | None = True) -> ImageFacts:
    """Facts about an image at Docker's registry; at another one where the name has its host."""
    if "." not in name.partition("/")[0]:
        name = f"docker.io/{name if '/' in name else f'library/{name}'}"
    return ImageFacts(repository=name, source=f"https://github.com/{source}", user=user, shell=shell, writes=writes)


_NGINX_LOGS = ("/var/log/nginx/access.log", "/var/log/nginx/error.log")
#: the table; an image that becomes another user only after its start has started as root
KNOWN: Sequence[ImageFacts] = (
    ImageFacts(
        repository="quay.io/oauth2-proxy/oauth2-proxy",
        source="https://github.com/oauth2-proxy/oauth2-proxy/blob/v7.15.6/Makefile",
        tags=r"v7\.\d+\.\d+",
        user=65532,
        shell=False,
    ),
    ImageFacts(
        repository="docker.io/library/nginx",
        source="https://github.com/nginx/docker-nginx",
        user=0,
        shell=True,
        logs=_NGINX_LOGS,
        writes=("/var/cache/nginx", "/run"),
    ),
    ImageFacts(
        repository="docker.io/nginxinc/nginx-unprivileged",
        source="https://github.com/nginx/docker-nginx-unprivileged",
        user=101,
        shell=True,
        logs=_NGINX_LOGS,
        writes=("/tmp",),
    ),
    ImageFacts(
        repository="docker.io/envoyproxy/envoy",
        source="https://github.com/envoyproxy/envoy: distribution/docker",
        tags="(contrib-)?distroless-.*",
        user=65532,
        shell=False,
    ),
    _at_docker("alpine", 0, "alpinelinux/docker-alpine"),
    _at_docker("busybox", 0, "docker-library/busybox"),
    _at_docker("debian", 0, "debuerreotype/docker-debian-artifacts"),
    _at_docker("golang", 0, "docker-library/golang"),
    _at_docker("httpd", 0, "docker-library/httpd", "/usr/local/apache2/logs"),
    _at_docker("mariadb", 0, "MariaDB/mariadb-docker", "/run/mysqld"),
    _at_docker("mongo", 0, "docker-library/mongo", "/tmp"),
    _at_docker("mysql", 0, "docker-library/mysql", "/run/mysqld"),
    _at_docker("node", 0, "nodejs/docker-node"),
    _at_docker("php", 0, "docker-library/php"),
    _at_docker("postgres", 0, "docker-library/postgres", "/run/postgresql"),
    _at_docker("python", 0, "docker-library/python"),
    _at_docker("rabbitmq", 0, "docker-library/rabbitmq"),
    _at_docker("redis", 0, "docker-library/redis"),
    _at_docker("registry", 0, "distribution/distribution-library-image"),
    _at_docker("ruby", 0, "docker-library/ruby"),
    _at_docker("traefik", 0, "traefik/traefik-library-image"),
    _at_docker("ubuntu", 0, "canonical/cloud-images"),
    _at_docker("wordpress", 0, "docker-library/wordpress"),
    _at_docker("hello-world", 0, "docker-library/hello-world", shell=False),
    _at_docker("memcached", "memcache", "docker-library/memcached"),
    _at_docker("curlimages/curl", "curl_user", "curl/curl-container"),
    _at_docker("prom/prometheus", "nobody", "prometheus/prometheus"),
    _at_docker("quay.io/prometheus/prometheus", "nobody", "prometheus/prometheus"),
    *(facts for name in _DISTROLESS_NAMES for facts in _distroless(name)),
)


#: facts by the repository that they are about, the first that fits counts
FactsByRepository: TypeAlias = Mapping[str, Sequence[ImageFacts]]


def by_repository(facts: Iterable[ImageFacts]) -> FactsByRepository:
    """The facts, to be looked up."""
    found: dict[str, list[ImageFacts]] = {}
    for one in facts:
        found.setdefault(one.repository, []).append(one)
    return found


@cache
def known_facts() -> FactsByRepository:
    """The table, to be looked up."""
    return by_repository(KNOWN)

"""Every default image and size of the catalogue, in one place, and how a team replaces them.

    App(defaults={defaults.SCRATCH_SIZE_LIMIT: "1Gi", **defaults.from_registry("registry.example.com/mirror")})

The nearest mapping wins: the workload's, then the chart's, then the app's.
"""

from __future__ import annotations

from typing import Any

from patterns.default import Default as Default  # noqa: PLC0414 - stands beside the catalogue in every pattern
from patterns.default import Defaults as Defaults  # noqa: PLC0414 - as well
from patterns.errors import InvalidValue, WrongType, trimmed
from patterns.model import ResourceRequirements, Security, image_reference
from patterns.model.articles import a

# Images by full version tag. Sources of the tags: the projects' own release pages.
#: a shell and small tools: https://hub.docker.com/_/busybox
BUSYBOX_IMAGE = Default("docker.io/library/busybox:1.37.0")
#: the log collector: https://docs.fluentbit.io/manual/installation/downloads/docker
FLUENT_BIT_IMAGE = Default("cr.fluentbit.io/fluent/fluent-bit:4.2.0")
#: a proxy, without a shell: https://www.envoyproxy.io/docs/envoy/v1.40.0/start/docker#using-distroless-images
ENVOY_IMAGE = Default("docker.io/envoyproxy/envoy:distroless-v1.40.0")
#: a login before the application: https://oauth2-proxy.github.io/oauth2-proxy/installation
OAUTH2_PROXY_IMAGE = Default("quay.io/oauth2-proxy/oauth2-proxy:v7.15.6")
#: nginx as uid 101: https://hub.docker.com/r/nginxinc/nginx-unprivileged
NGINX_IMAGE = Default("docker.io/nginxinc/nginx-unprivileged:1.29.3")
#: an HTTP client, and a shell: https://hub.docker.com/r/curlimages/curl
CURL_IMAGE = Default("docker.io/curlimages/curl:8.16.0")
#: the clients of databases: https://hub.docker.com/_/postgres, https://hub.docker.com/_/mariadb
POSTGRES_IMAGE = Default("docker.io/library/postgres:18.1")
MARIADB_IMAGE = Default("docker.io/library/mariadb:11.8.2")
#: https://hub.docker.com/_/redis
REDIS_IMAGE = Default("docker.io/library/redis:8.2.3")

#: copies SQLite databases: https://hub.docker.com/r/litestream/litestream
LITESTREAM_IMAGE = Default("docker.io/litestream/litestream:0.5.18")
#: saves files: https://hub.docker.com/r/restic/restic
RESTIC_IMAGE = Default("docker.io/restic/restic:0.18.1")

#: files from ConfigMaps and Secrets: https://github.com/kiwigrid/k8s-sidecar/releases
K8S_SIDECAR_IMAGE = Default("ghcr.io/kiwigrid/k8s-sidecar:2.10.1")
#: files from Git: https://github.com/kubernetes/git-sync/releases
GIT_SYNC_IMAGE = Default("registry.k8s.io/git-sync/git-sync:v4.7.1")
#: secrets as files: https://hub.docker.com/r/hashicorp/vault
VAULT_IMAGE = Default("docker.io/hashicorp/vault:1.21.0")
#: tells an application that files have changed: https://github.com/prometheus-operator/prometheus-operator/releases
CONFIG_RELOADER_IMAGE = Default("quay.io/prometheus-operator/prometheus-config-reloader:v0.85.0")

#: every default whose name says that it is an image
IMAGES = tuple(value for name, value in sorted(globals().items()) if name.endswith("_IMAGE"))

# Sizes for a small service: starting points, to be measured and replaced.
#: an emptyDir without a limit fills the node, and a pod over its limit is evicted
SCRATCH_SIZE_LIMIT = Default("256Mi")
#: buffer and positions of a log collector
COLLECTOR_STATE_SIZE_LIMIT = Default("64Mi")
#: the socket of an Envoy's admin interface
ENVOY_RUN_SIZE_LIMIT = Default("1Mi")
#: process id and empty directories of an nginx
NGINX_TMP_SIZE_LIMIT = Default("16Mi")
#: a `tail`, a copy: processes of a few hundred kilobytes
SMALL_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "10m", "memory": "16Mi"}, limits={"memory": "16Mi"}),
)
#: a program that watches, and writes small files
CONFIG_SYNC_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "20m", "memory": "96Mi"}, limits={"memory": "96Mi"}),
)
#: Vault's agent: 30 MiB of its own, and room for a part of its large program
VAULT_AGENT_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "20m", "memory": "128Mi"}, limits={"memory": "128Mi"}),
)
#: a program that looks at files
RELOADER_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "10m", "memory": "32Mi"}, limits={"memory": "32Mi"}),
)
#: a program that copies data
BACKUP_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "50m", "memory": "128Mi"}, limits={"memory": "128Mi"}),
)
#: an HTTP client with TLS
DOWNLOAD_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "64Mi"}),
)
COLLECTOR_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "50m", "memory": "64Mi"}, limits={"memory": "64Mi"}),
)

#: a proxy of some hundred requests a second
PROXY_RESOURCES = Default(
    ResourceRequirements(requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "128Mi"}),
)

#: Pod Security `restricted` with a read-only root, for every container that a pattern adds
CONTAINER_SECURITY = Default(Security(read_only_root_filesystem=True))
#: Pod Security `restricted`, for own workloads and their application containers
WORKLOAD_SECURITY = Default(Security())
#: sidecars that start before the application and stop after it, where the target version has them (1.29)
NATIVE_SIDECARS = Default(True)
#: a token that nobody uses is one that an intruder can use
AUTOMOUNT_SERVICE_ACCOUNT_TOKEN = Default(False)


def from_registry(prefix: str) -> dict[Default[Any], object]:
    """Every default image, from a mirror: ``docker.io/library/busybox:1`` is ``<prefix>/library/busybox:1`` there.

    Args:
        prefix: host, port and path of the mirror, without a scheme: ``registry.example.com/mirror``.

    Raises:
        InvalidValue: when the prefix has a scheme, is empty, or begins no image.
        WrongType: when it is no string.
    """
    rule = "prefix must be a registry such as 'registry.example.com/mirror', got "
    if not isinstance(prefix, str):
        raise trimmed(WrongType(rule + a(type(prefix).__name__)), "from_registry")
    mirror = prefix.rstrip("/")
    try:
        image_reference(f"{mirror}/image:1")
    except InvalidValue:
        raise trimmed(InvalidValue(rule + repr(prefix)), "from_registry") from None
    return {image: f"{mirror}/{image.value.split('/', 1)[1]}" for image in IMAGES}

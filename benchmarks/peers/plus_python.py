"""cdk8s-plus in Python, as far as it can say the documents, and JSON patches for the rest."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import cdk8s
import cdk8s_plus_34 as kplus
import constructs

_POD = "/spec/template/spec"
_SEED = f"{_POD}/initContainers/0"
_SHIPPER = f"{_POD}/initContainers/1"
_DRAIN = f"{_POD}/initContainers/2"
_APP = f"{_POD}/containers/0"


def patches() -> list[cdk8s.JsonPatch]:
    """What cdk8s-plus adds by itself, removed, and what it has no option for, added; made once for all shops."""
    removed = [
        *(f"/spec/{field}" for field in ("minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit")),
        "/spec/strategy",
        "/spec/template/metadata/labels/cdk8s.io~1metadata.addr",
        *(f"{_POD}/{field}" for field in ("dnsPolicy", "hostNetwork", "restartPolicy", "setHostnameAsFqdn")),
        f"{_POD}/shareProcessNamespace",
        f"{_POD}/securityContext/fsGroupChangePolicy",
        *(f"{path}/imagePullPolicy" for path in (_SEED, _SHIPPER, _DRAIN, _APP)),
        *(f"{path}/securityContext/privileged" for path in (_SEED, _SHIPPER, _DRAIN, _APP)),
        f"{_APP}/securityContext/readOnlyRootFilesystem",
        f"{_APP}/securityContext/runAsNonRoot",
        *(f"{_SHIPPER}/{probe}/httpGet/scheme" for probe in ("livenessProbe", "startupProbe")),
    ]
    added: dict[str, object] = {
        f"{_POD}/securityContext/seccompProfile": {"type": "RuntimeDefault"},
        # cdk8s-plus writes whole Gi only; patches apply before L1 objects are converted, so a quantity is an object
        f"{_SEED}/resources/requests/ephemeral-storage": {"value": "16Mi"},
        f"{_SHIPPER}/resources/requests/ephemeral-storage": {"value": "320Mi"},
        f"{_SEED}/terminationMessagePolicy": "FallbackToLogsOnError",
        f"{_SHIPPER}/terminationMessagePolicy": "FallbackToLogsOnError",
        f"{_DRAIN}/terminationMessagePolicy": "FallbackToLogsOnError",
    }
    return [
        *(cdk8s.JsonPatch.remove(path) for path in removed),
        *(cdk8s.JsonPatch.add(path, value) for path, value in added.items()),
    ]


def shop(
    scope: constructs.Construct,
    id: str,
    *,
    names: tuple[str, str, str],
    texts: Mapping[str, str],
    changes: list[cdk8s.JsonPatch],
) -> None:
    """A web application with its pages and its logs."""
    name, files_name, config_name = names
    labels = {"app.kubernetes.io/name": id, "app.kubernetes.io/instance": name}
    logs = empty_dir(scope, id, "app-logs", 256)
    pages = empty_dir(scope, id, "pages", 16)
    web = kplus.Deployment(
        scope,
        id,
        metadata=cdk8s.ApiObjectMetadata(name=name, labels=labels),
        replicas=2,
        select=False,
        pod_metadata=cdk8s.ApiObjectMetadata(labels=labels),
        automount_service_account_token=False,
        security_context=kplus.PodSecurityContextProps(ensure_non_root=True, fs_group=65532),
        termination_grace_period=cdk8s.Duration.seconds(45),
        containers=[
            kplus.ContainerProps(
                name="app",
                image="registry.example.com/shop:1.4.2",
                ports=[kplus.ContainerPort(number=8080)],
                resources=kplus.ContainerResources(),
                security_context=kplus.ContainerSecurityContextProps(capabilities=no_capabilities()),
                volume_mounts=[
                    kplus.VolumeMount(path="/var/log/app", volume=logs),
                    kplus.VolumeMount(path="/srv/www", volume=pages),
                ],
            )
        ],
    )
    web.select(kplus.LabelSelector.of(labels=labels))
    # ConfigMaps are made after the Deployment, because that is their order in the file
    files = config_map(scope, f"{id}-files", files_name, {"index.html": texts["index.html"]})
    config = config_map(scope, f"{id}-config", config_name, {"fluent-bit.yaml": texts["fluent-bit.yaml"]})
    source = config_volume(scope, id, files, "seed-pages-files")
    web.add_init_container(
        name="seed-pages",
        image="docker.io/library/busybox:1.37.0",
        command=["sh", "-c", texts["seed.sh"], "seed-pages", "/seed-source", "/seed-target", "0644"],
        resources=resources(cpu=10, memory=16),
        security_context=restricted(),
        volume_mounts=[
            kplus.VolumeMount(path="/seed-source", volume=source, read_only=True),
            kplus.VolumeMount(path="/seed-target", volume=pages),
        ],
    )
    secret = kplus.Secret.from_secret_name(scope, f"{id}-es", "es")
    web.add_init_container(
        name="log-shipper",
        image="cr.fluentbit.io/fluent/fluent-bit:4.2.0",
        command=["/fluent-bit/bin/fluent-bit", "-c", "/fluent-bit/config/fluent-bit.yaml"],
        ports=[kplus.ContainerPort(number=2020)],
        env_variables={
            "POD_NAME": kplus.EnvValue.from_field_ref(kplus.EnvFieldPaths.POD_NAME),
            "POD_NAMESPACE": kplus.EnvValue.from_field_ref(kplus.EnvFieldPaths.POD_NAMESPACE),
            "NODE_NAME": kplus.EnvValue.from_field_ref(kplus.EnvFieldPaths.NODE_NAME),
            "POD_IP": kplus.EnvValue.from_field_ref(kplus.EnvFieldPaths.POD_IP),
            "LOG_OUTPUT_HTTP_PASSWD": kplus.EnvValue.from_secret_value(
                kplus.SecretValue(secret=secret, key="password")
            ),
        },
        resources=resources(cpu=50, memory=64),
        restart_policy=kplus.ContainerRestartPolicy.ALWAYS,
        security_context=restricted(),
        volume_mounts=[
            kplus.VolumeMount(path="/var/log/app", volume=logs, read_only=True),
            kplus.VolumeMount(
                path="/fluent-bit/config", volume=config_volume(scope, id, config, "log-shipper-config"), read_only=True
            ),
            kplus.VolumeMount(path="/fluent-bit/state", volume=empty_dir(scope, id, "log-shipper-state", 64)),
        ],
        liveness=kplus.Probe.from_http_get(
            "/api/v1/uptime",
            port=2020,
            period_seconds=cdk8s.Duration.seconds(30),
            timeout_seconds=cdk8s.Duration.seconds(5),
            failure_threshold=5,
        ),
        startup=kplus.Probe.from_http_get(
            "/api/v1/health", port=2020, period_seconds=cdk8s.Duration.seconds(1), failure_threshold=60
        ),
    )
    web.add_init_container(
        name="log-shipper-drain",
        image="docker.io/library/busybox:1.37.0",
        command=["sh", "-c", texts["drain.sh"], "log-shipper-drain", "5"],
        resources=resources(cpu=10, memory=16),
        restart_policy=kplus.ContainerRestartPolicy.ALWAYS,
        security_context=restricted(),
    )
    cdk8s.ApiObject.of(web).add_json_patch(*changes)


def empty_dir(scope: constructs.Construct, id: str, name: str, mebibytes: int) -> kplus.Volume:
    """A volume of the pod."""
    size = cdk8s.Size.mebibytes(mebibytes)
    return kplus.Volume.from_empty_dir(scope, f"{id}-volume-{name}", name, size_limit=size)


def config_map(scope: constructs.Construct, id: str, name: str, data: Mapping[str, str]) -> kplus.ConfigMap:
    """A ConfigMap of that name."""
    return kplus.ConfigMap(scope, id, metadata=cdk8s.ApiObjectMetadata(name=name), data=data, immutable=True)


def config_volume(scope: constructs.Construct, id: str, config: kplus.ConfigMap, name: str) -> kplus.Volume:
    """A ConfigMap as a volume."""
    held = cast("kplus.IConfigMap", config)
    return kplus.Volume.from_config_map(scope, f"{id}-volume-{name}", held, name=name)


def resources(*, cpu: int, memory: int) -> kplus.ContainerResources:
    """Requests, and the limit of memory."""
    size = cdk8s.Size.mebibytes(memory)
    return kplus.ContainerResources(
        cpu=kplus.CpuResources(request=kplus.Cpu.millis(cpu)),
        memory=kplus.MemoryResources(request=size, limit=size),
    )


def no_capabilities() -> kplus.ContainerSecutiryContextCapabilities:
    """All dropped."""
    return kplus.ContainerSecutiryContextCapabilities(drop=[kplus.Capability.ALL])


def restricted() -> kplus.ContainerSecurityContextProps:
    """What Pod Security wants; the root directory is read-only by default here."""
    return kplus.ContainerSecurityContextProps(
        user=65532,
        group=65532,
        capabilities=no_capabilities(),
        seccomp_profile=kplus.SeccompProfile(type=kplus.SeccompProfileType.RUNTIME_DEFAULT),
    )


def places(names: str) -> Iterator[tuple[str, str, tuple[str, str, str]]]:
    """Chart, id and names of each shop."""
    for chart, place, web, files, config in json.loads(Path(names).read_text(encoding="utf-8")):
        yield chart, place, (web, files, config)


def main(texts_file: str, names_file: str, directory: str) -> None:
    """Build and write all shops."""
    texts = json.loads(Path(texts_file).read_text(encoding="utf-8"))
    app = cdk8s.App(outdir=directory)
    changes = patches()
    charts: dict[str, cdk8s.Chart] = {}
    for chart, place, names in places(names_file):
        if chart not in charts:
            charts[chart] = cdk8s.Chart(app, chart)
        shop(charts[chart], place, names=names, texts=texts, changes=changes)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""A platform team's own package: where images and logs come from and go to, decided once, for every team's services.

The first half is what such a team would publish as a package of its own: defaults, and a construct that brings the logs
of any workload to one place. The second half applies it to three services, two of them written by somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import constructs
from cdk8s_plus_34 import k8s

from patterns import (
    Chart,
    ConfigMapKey,
    Construct,
    Container,
    Deployment,
    LoggingSidecar,
    Loki,
    Probe,
    ResourceRequirements,
    SecretKey,
    Security,
    Service,
    ServicePort,
    SharedScratch,
    YamlFile,
    defaults,
)

# --- the package ------------------------------------------------------------------------------------------------------

#: images from the company's mirror, and sizes that were measured in its clusters
DEFAULTS = {
    **defaults.from_registry("registry.example.com/mirror"),
    defaults.SCRATCH_SIZE_LIMIT: "512Mi",
    defaults.COLLECTOR_RESOURCES: ResourceRequirements(
        requests={"cpu": "20m", "memory": "96Mi"}, limits={"memory": "96Mi"}
    ),
}


class FileLogs(Construct):
    """The log files of a workload, in the company's Loki, under its team and service.

    Args:
        scope: the workload, anybody's.
        id: the construct's id.
        directory: where the application writes them.
        files: their names.
        team: whose service it is; a label of every line.
        service: its name; a label of every line.
        containers: those that write; default all.
    """

    def __init__(
        self,
        scope: constructs.Construct,
        id: str,
        *,
        directory: str,
        files: Sequence[str],
        team: str,
        service: str,
        containers: Sequence[str] | None = None,
    ) -> None:
        super().__init__(scope, id)
        logs = SharedScratch(self, "logs", mount_path=directory, writers=containers)
        LoggingSidecar(
            self,
            "log-shipper",
            logs=logs.mount,
            files=files,
            to=Loki(
                url="https://loki.platform.example.com:3100",
                labels={"team": team, "service": service},
                tenant=team,
                bearer_token=SecretKey("loki-writer", "token"),
                ca=ConfigMapKey("company-ca", "ca.crt"),
            ),
        )


# --- three services ---------------------------------------------------------------------------------------------------

#: as it was handed over by another team
PAYMENTS = Path(__file__).parent / "payments.yaml"


class Platform(Chart):
    """A service of this team, one from another team's file, one from another team's typed objects."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="shop", defaults=DEFAULTS)
        self.catalogue()
        self.ledger()
        self.search()

    def catalogue(self) -> None:
        """Written with this library."""
        catalogue = Deployment(
            self,
            "catalogue",
            replicas=2,
            security=Security(run_as_user=10001, run_as_group=10001, fs_group=10001),
            containers=[
                Container(
                    name="catalogue",
                    image="registry.example.com/shop/catalogue:2.8.0",
                    ports=[8080],
                    resources=ResourceRequirements(requests={"cpu": "100m", "memory": "128Mi"}),
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        FileLogs(catalogue, "file-logs", directory="/var/log/app", files=["*.log"], team="shop", service="catalogue")
        Service(self, "catalogue-service", workload=catalogue, ports=[ServicePort(port=80, target_port=8080)])

    def ledger(self) -> None:
        """The payments team's YAML: its database writes an audit log to a file."""
        payments = YamlFile(self, "payments", path=PAYMENTS)
        ledger = payments.find(kind="StatefulSet", name="ledger")
        FileLogs(
            ledger, "file-logs", directory="/var/log/ledger", files=["audit.log"], team="payments", service="ledger"
        )

    def search(self) -> None:
        """The search team's objects, made of the L1 types that `cdk8s import` gives."""
        labels = {"app": "search"}
        search = k8s.KubeDeployment(
            self,
            "search",
            spec=k8s.DeploymentSpec(
                selector=k8s.LabelSelector(match_labels=labels),
                template=k8s.PodTemplateSpec(
                    metadata=k8s.ObjectMeta(labels=labels),
                    spec=k8s.PodSpec(
                        security_context=k8s.PodSecurityContext(
                            run_as_non_root=True,
                            run_as_user=1000,
                            run_as_group=1000,
                            seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
                        ),
                        containers=[
                            k8s.Container(
                                name="search",
                                image="registry.example.com/search/search:12.1.0",
                                security_context=k8s.SecurityContext(
                                    allow_privilege_escalation=False, capabilities=k8s.Capabilities(drop=["ALL"])
                                ),
                            ),
                            k8s.Container(
                                name="indexer",
                                image="registry.example.com/search/indexer:12.1.0",
                                security_context=k8s.SecurityContext(
                                    allow_privilege_escalation=False, capabilities=k8s.Capabilities(drop=["ALL"])
                                ),
                            ),
                        ],
                    ),
                ),
            ),
        )
        FileLogs(
            search,
            "file-logs",
            directory="/var/log/search",
            files=["slow.log", "index.log"],
            team="search",
            service="search",
            containers=["search", "indexer"],
        )

"""An application that logs to files: they are sent on, and rotated before their volume is full."""

from __future__ import annotations

from patterns import (
    Chart,
    Construct,
    Container,
    Deployment,
    Elasticsearch,
    LoggingSidecar,
    LogRotation,
    ReopenOnSignal,
    ResourceRequirements,
    SecretKey,
    Security,
    SharedScratch,
)

LOGS = Elasticsearch(
    url="https://logs.example.com:9200",
    index="legacy",
    user="legacy",
    password=SecretKey("es", "password"),
)


class LogCollection(Chart):
    """At most 20Mi for each of two files and its three old ones: 160Mi of 256Mi."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="logs")
        web = Deployment(
            self,
            "web",
            security=Security(run_as_user=101, run_as_group=101),
            containers=[
                Container(
                    name="app",
                    image="registry.example.com/legacy:3.1.0",
                    ports=[8080],
                    resources=ResourceRequirements(
                        requests={"cpu": "250m", "memory": "256Mi"}, limits={"memory": "512Mi"}
                    ),
                )
            ],
        )
        logs = SharedScratch(web, "logs", mount_path="/var/log/nginx", size_limit="256Mi")
        files = ["access.log", "error.log"]
        LoggingSidecar(web, "log-shipper", logs=logs.mount, files=files, to=LOGS)
        LogRotation(
            web,
            "log-rotation",
            logs=logs.mount,
            files=files,
            by=ReopenOnSignal(pid_file="nginx.pid"),
            max_size="20Mi",
        )

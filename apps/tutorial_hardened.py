"""The tutorial's two jobs as they should run in production.

What changed against the printed pods, and why:

- a Deployment instead of a bare Pod, so that the pods come back when a node goes;
- an image of nginx that runs without root and writes only to named, bounded directories;
- the log reader follows the file by name and waits for it (`tail -n +1 -F`), as a native sidecar that starts before
  the application and is stopped after it, with the log read-only;
- the log's directory is bounded; nginx does not rotate by itself, so a busy server needs something that does, or no
  file at all: an application that can log to its standard output needs no sidecar;
- the page is renamed into place when it is whole, and a change of it rolls the pods.
"""

from __future__ import annotations

from patterns import (
    Chart,
    Construct,
    Container,
    Deployment,
    InitFileSeeder,
    LoggingSidecar,
    Probe,
    ResourceRequirements,
    Security,
    Service,
    ServicePort,
    SharedScratch,
)

#: nginx that listens on 8080 as uid 101: https://hub.docker.com/r/nginxinc/nginx-unprivileged
NGINX = "docker.io/nginxinc/nginx-unprivileged:1.29.3"
NGINX_USER = 101


class TutorialHardened(Chart):
    """A web server whose log is collected, and one that serves a seeded page."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        logged = self.web_server("logged")
        logs = SharedScratch(logged, "logs", mount_path="/var/log/nginx", size_limit="128Mi")
        LoggingSidecar(logged, "log-collector", logs=logs.mount, files=["access.log", "error.log"])

        seeded = self.web_server("seeded")
        pages = SharedScratch(
            seeded, "pages", mount_path="/usr/share/nginx/html", size_limit="16Mi", writers=[], readers=["nginx"]
        )
        InitFileSeeder(seeded, "seed-pages", into=pages.mount, files={"index.html": "Hello from Init Container!\n"})

    def web_server(self, name: str) -> Deployment:
        """nginx without root, its writable places named and bounded, reachable inside the cluster."""
        web = Deployment(
            self,
            name,
            replicas=2,
            security=Security(
                run_as_user=NGINX_USER,
                run_as_group=NGINX_USER,
                fs_group=NGINX_USER,
                read_only_root_filesystem=True,
            ),
            containers=[
                Container(
                    name="nginx",
                    image=NGINX,
                    ports=[8080],
                    resources=ResourceRequirements(
                        requests={"cpu": "50m", "memory": "32Mi"},
                        limits={"memory": "64Mi"},
                    ),
                    readiness_probe=Probe.http(8080),
                )
            ],
        )
        SharedScratch(web, "tmp", mount_path="/tmp", size_limit="16Mi")
        Service(self, f"{name}-service", workload=web, ports=[ServicePort(port=80, target_port=8080)])
        return web

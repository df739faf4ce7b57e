"""The two pods of the tutorial, from the three constructs: exactly as printed there, with nothing added.

They show the idea, and no more: see `tutorial_hardened` for the same two jobs as they survive production.
"""

from __future__ import annotations

from patterns import Chart, Construct, Container, InitFileSeeder, LoggingSidecar, Pod, SharedScratch


class Tutorial(Chart):
    """A web server whose log a second container prints, and one that serves a page written before it starts."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)

        logged = plain_pod(self, "sidecar-example")
        var_logs = SharedScratch(logged, "var-logs", mount_path="/var/log/nginx", size_limit=None)
        LoggingSidecar(
            logged,
            "log-collector-sidecar",
            logs=var_logs.mount,
            files=["access.log"],
            image="busybox",
            command=["sh", "-c", "tail -f /var/log/nginx/access.log"],
            native=False,
            read_only=False,
            resources=None,
            security=None,
        )

        seeded = plain_pod(self, "init-container-example")
        workdir = SharedScratch(seeded, "workdir", mount_path="/usr/share/nginx/html", size_limit=None)
        InitFileSeeder(
            seeded,
            "init-myservice",
            into=workdir.mount,
            image="busybox",
            command=["sh", "-c", "echo 'Hello from Init Container!' > /usr/share/nginx/html/index.html"],
            resources=None,
            security=None,
        )


def plain_pod(scope: Construct, name: str) -> Pod:
    """A Pod with nothing but its container: no labels, no security context, no word on its token."""
    return Pod(
        scope,
        name,
        name=name,
        containers=[Container(name="main-nginx-container", image="nginx", ports=[80])],
        security=None,
        automount_service_account_token=None,
        recommended_labels=False,
    )

"""A configuration file with a password of a Secret in it, checked by the program that will read it."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigFileRenderer,
    Construct,
    Container,
    Deployment,
    FieldPath,
    Probe,
    SecretKey,
    Security,
    SharedScratch,
)

IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.29.3"
SITE = """\
server {
    listen 8080;
    location / {
        proxy_pass http://catalogue.shop.svc:8080;
        proxy_set_header Authorization "Basic ${CREDENTIALS}";
        proxy_set_header X-Pod ${POD};
        proxy_set_header Host $host;
    }
}
"""
NGINX = """\
pid /tmp/nginx.pid;
events {}
http {
    include ${DIRECTORY}/conf.d/*.conf;
}
"""


class ConfigFile(Chart):
    """An nginx whose configuration is tested before it starts with it."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="edge")
        edge = Deployment(
            self,
            "edge",
            replicas=2,
            security=Security(run_as_user=101, run_as_group=101),
            containers=[
                Container(
                    name="nginx",
                    image=IMAGE,
                    ports=[8080],
                    command=["nginx", "-c", "/etc/nginx/generated/nginx.conf", "-g", "daemon off;"],
                    readiness_probe=Probe.tcp(8080),
                )
            ],
        )
        config = SharedScratch(edge, "config", mount_path="/etc/nginx/generated", size_limit="1Mi", readers=["nginx"])
        SharedScratch(edge, "tmp", mount_path="/tmp", size_limit="16Mi")
        ConfigFileRenderer(
            edge,
            "render-config",
            into=config.mount,
            templates={"nginx.conf": NGINX, "conf.d/site.conf": SITE},
            values={
                "CREDENTIALS": SecretKey("catalogue", "basic-credentials"),
                "POD": FieldPath("metadata.name"),
                "DIRECTORY": "/etc/nginx/generated",
            },
            mode="0440",
        )

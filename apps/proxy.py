"""A shop behind an Envoy: its clients come to the proxy, and so does what it asks of others."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigMapKey,
    Construct,
    Container,
    ContainerPort,
    Deployment,
    Envoy,
    Probe,
    ProxySidecar,
    ResourceRequirements,
    Retries,
    Route,
    Service,
    ServicePort,
    Upstream,
)

IMAGES = Upstream(host="images.example.com", tls=True, ca=ConfigMapKey("authorities", "ca.crt"))
PAYMENTS = Upstream(host="payments.example.com", tls=True)


class Proxied(Chart):
    """The application listens on loopback; nobody goes past the proxy."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="proxied")
        web = Deployment(
            self,
            "web",
            replicas=2,
            max_unavailable=0,
            containers=[
                Container(
                    name="app",
                    image="registry.example.com/shop:1.4.2",
                    ports=[8080, ContainerPort(9090, name="metrics")],
                    resources=ResourceRequirements(
                        requests={"cpu": "250m", "memory": "256Mi"}, limits={"memory": "512Mi"}
                    ),
                    # on loopback it is asked through the proxy, which speaks TLS on port 10000
                    readiness_probe=Probe.http(10000, path="/healthz", scheme="HTTPS", period_seconds=5),
                )
            ],
        )
        ProxySidecar(
            web,
            "proxy",
            proxy=Envoy(
                routes=[
                    Route(prefix="/images", to=IMAGES, rewrite="/", retries=Retries(on=["gateway-error"])),
                    Route(prefix="/export", timeout_seconds=300),
                ],
                outbound={"PAYMENTS_URL": Route(to=PAYMENTS, timeout_seconds=5, retries=Retries())},
                tls_secret="shop-tls",
            ),
            application_port=8080,
            loopback_env={"HOST": "127.0.0.1"},
            also_open=[9090],
        )
        Service(self, "web-service", workload=web, ports=[ServicePort(port=443, target_port=8080)])

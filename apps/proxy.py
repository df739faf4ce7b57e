"""Proxies: a shop behind an Envoy, an office behind a login, a catalog behind a cache."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigMapKey,
    Construct,
    Container,
    ContainerPort,
    Deployment,
    Envoy,
    NginxCache,
    OAuth2Proxy,
    Probe,
    ProxySidecar,
    ResourceRequirements,
    Retries,
    Route,
    SecretKey,
    Service,
    ServicePort,
    Upstream,
)

IMAGES = Upstream(host="images.example.com", tls=True, ca=ConfigMapKey("authorities", "ca.crt"))
PAYMENTS = Upstream(host="payments.example.com", tls=True)


class Proxied(Chart):
    """Three applications past whose proxies nobody goes."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="proxied")
        self.shop()
        self.office()
        self.catalog()

    def shop(self) -> None:
        """The application listens on loopback; Envoy routes, retries and speaks TLS."""
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

    def office(self) -> None:
        """The application has no login of its own; an Ingress with TLS is before it."""
        office = Deployment(
            self,
            "office",
            replicas=2,
            max_unavailable=0,
            containers=[
                Container(
                    name="app",
                    image="registry.example.com/office:2.0.1",
                    ports=[8080],
                    resources=ResourceRequirements(
                        requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "256Mi"}
                    ),
                )
            ],
        )
        ProxySidecar(
            office,
            "login",
            proxy=OAuth2Proxy(
                issuer_url="https://login.example.com/realms/shop",
                client_id="office",
                client_secret=SecretKey("office-login", "client-secret"),
                cookie_secret=SecretKey("office-login", "cookie-secret"),
                allowed_groups=["staff"],
                redirect_url="https://office.example.com/oauth2/callback",
                api=["^/api/"],
            ),
        )
        Service(self, "office-service", workload=office, ports=[ServicePort(port=80, target_port=8080)])

    def catalog(self) -> None:
        """The application says by Cache-Control what may be kept; who has a session goes past the cache."""
        catalog = Deployment(
            self,
            "catalog",
            replicas=2,
            max_unavailable=0,
            containers=[
                Container(
                    name="app",
                    image="registry.example.com/catalog:5.3.0",
                    ports=[8080],
                    resources=ResourceRequirements(
                        requests={"cpu": "250m", "memory": "256Mi"}, limits={"memory": "512Mi"}
                    ),
                )
            ],
        )
        ProxySidecar(
            catalog,
            "cache",
            proxy=NginxCache(size_limit="1Gi", past_cookies=["session"], uncached=["/api/"]),
            port=8090,
        )
        Service(self, "catalog-service", workload=catalog, ports=[ServicePort(port=80, target_port=8080)])

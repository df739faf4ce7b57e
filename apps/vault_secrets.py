"""A shop that has its database's login from Vault, and a web server that reads its ConfigMap again when it changes."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigMap,
    ConfigMapKey,
    ConfigReloader,
    ConfigSyncSidecar,
    Construct,
    Container,
    Deployment,
    FromVault,
    Probe,
    ReloadByHttp,
    ReloadBySignal,
    Security,
    SharedScratch,
    VaultKey,
    VaultTemplate,
    Volume,
    VolumeMount,
)

#: a login that Vault makes for this pod, and takes away when its lease is over
LOGIN = """\
{{ with secret "database/creds/shop" -}}
DB_USER={{ .Data.username }}
DB_PASSWORD={{ .Data.password }}
{{ end -}}
"""


class VaultSecrets(Chart):
    """Nothing secret in a manifest, in a variable or on a disk."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="shop")
        shop = Deployment(
            self,
            "shop",
            replicas=2,
            security=Security(run_as_user=10001, run_as_group=10001, fs_group=10001),
            containers=[
                Container(
                    name="shop",
                    image="registry.example.com/shop:1.4.2",
                    ports=[8080],
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        secrets = SharedScratch(
            shop, "secrets", mount_path="/secrets", medium="Memory", size_limit="1Mi", readers=["shop"]
        )
        ConfigSyncSidecar(
            shop,
            "vault",
            into=secrets.mount,
            source=FromVault(
                address="https://vault.example.com:8200",
                role="shop",
                ca=ConfigMapKey("example-authority", "ca.crt"),
                files={"login.env": VaultTemplate(LOGIN), "session-key": VaultKey("kv/data/shop", "session-key")},
            ),
            reload=ReloadByHttp(url="http://127.0.0.1:8080/-/reload"),
        )
        routes = ConfigMap(self, "routes", data={"routes.conf": "location / { proxy_pass http://shop:8080; }\n"})
        mount = VolumeMount(
            volume=Volume.config_map("routes", routes.name), mount_path="/etc/nginx/conf.d", read_only=True
        )
        web = Deployment(
            self,
            "web",
            replicas=2,
            security=Security(run_as_user=101, run_as_group=101),
            containers=[
                Container(
                    name="nginx",
                    image="registry.example.com/web:3.1.0",
                    ports=[8080],
                    volume_mounts=[mount],
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        ConfigReloader(web, "reload", watch=[mount], reload=ReloadBySignal(process="nginx"))

"""A shop whose database is dumped every six hours, its uploads saved every hour, and both carried elsewhere."""

from __future__ import annotations

from patterns import (
    BackupRetention,
    BackupSidecar,
    Chart,
    Construct,
    Container,
    LogicalDump,
    PostgresReady,
    Probe,
    Restic,
    RestoreRehearsal,
    SecretKey,
    Security,
    StatefulSet,
    Volume,
    VolumeClaim,
    VolumeMount,
    WaitFor,
)


def files(host: str, *, period_seconds: int) -> Restic:
    """Snapshots in the one repository, each application's under its own host."""
    return Restic(
        repository="s3:https://s3.eu-central-1.amazonaws.com/example-backups/shop",
        password=SecretKey("backup-repository", "password"),
        access_key_id=SecretKey("backup-s3", "access-key-id"),
        secret_access_key=SecretKey("backup-s3", "secret-access-key"),
        host=host,
        period_seconds=period_seconds,
    )


class DatabaseBackup(Chart):
    """One pod: two that dump would fill the volume twice as fast."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="shop")
        uploads = VolumeClaim(name="uploads", size="20Gi")
        dumps = VolumeMount(volume=Volume.empty_dir("dumps", size_limit="5Gi"), mount_path="/dumps")
        password = SecretKey("shop-db-owner", "password")
        shop = StatefulSet(
            self,
            "shop",
            name="shop",
            service_name="shop",
            replicas=1,
            volume_claims=[uploads],
            security=Security(run_as_user=10001, run_as_group=10001, fs_group=10001),
            containers=[
                Container(
                    name="shop",
                    image="registry.example.com/shop:1.4.2",
                    ports=[8080],
                    volume_mounts=[uploads.mount("/uploads")],
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        uploaded, dumped = files("uploads", period_seconds=3600), files("dumps", period_seconds=3600)
        BackupSidecar(shop, "uploads-backup", data=uploads.mount("/uploads"), method=uploaded, grace_seconds=120)
        # what is declared first is stopped last: the last dump is carried away as well
        BackupSidecar(shop, "dumps-backup", data=dumps, method=dumped, grace_seconds=120)
        WaitFor(
            shop, "wait-for-db", until=PostgresReady(host="db", user="shop_owner", database="shop", password=password)
        )
        BackupSidecar(
            shop,
            "dump",
            method=LogicalDump(
                host="db",
                database="shop",
                user="shop_owner",
                password=password,
                to=dumps,
                period_seconds=6 * 3600,
                keep_last=4,
            ),
            grace_seconds=120,
        )
        RestoreRehearsal(self, "rehearse-uploads", method=uploaded, schedule="0 4 * * 1", size_limit="30Gi")
        RestoreRehearsal(self, "rehearse-dumps", method=dumped, schedule="0 5 * * 1", size_limit="10Gi")
        BackupRetention(self, "forget-uploads", method=uploaded, schedule="30 2 * * *")
        BackupRetention(self, "forget-dumps", method=dumped, schedule="30 3 * * *")

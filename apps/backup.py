"""A notebook on SQLite that survives the loss of its disk, and a rehearsal every week that it would."""

from __future__ import annotations

from patterns import (
    BackupSidecar,
    Chart,
    Construct,
    Container,
    Litestream,
    Probe,
    RestoreRehearsal,
    SecretKey,
    Security,
    Service,
    StatefulSet,
    VolumeClaim,
)

METHOD = Litestream(
    databases=["notes.db"],
    to="s3://example-backups/notes",
    access_key_id=SecretKey("backup-s3", "access-key-id"),
    secret_access_key=SecretKey("backup-s3", "secret-access-key"),
    region="eu-central-1",
)


class Backup(Chart):
    """One pod, because SQLite has one writer."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="notes")
        data = VolumeClaim(name="data", size="5Gi")
        notes = StatefulSet(
            self,
            "notes",
            name="notes",
            service_name="notes",
            replicas=1,
            volume_claims=[data],
            security=Security(run_as_user=10001, run_as_group=10001, fs_group=10001),
            containers=[
                Container(
                    name="notes",
                    image="registry.example.com/notes:2.0.0",
                    ports=[8080],
                    volume_mounts=[data.mount("/data")],
                    readiness_probe=Probe.http(8080, path="/ready"),
                )
            ],
        )
        BackupSidecar(notes, "backup", data=data.mount("/data"), method=METHOD, grace_seconds=60)
        RestoreRehearsal(
            self, "rehearse-restore", method=METHOD, schedule="0 4 * * 1", time_zone="Etc/UTC", size_limit="10Gi"
        )
        Service(self, "notes-service", name="notes", workload=notes, ports=[8080], headless=True)

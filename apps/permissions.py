"""Files that the application may write: by the pod's group where that works, by an init container where it does not."""

from __future__ import annotations

from patterns import (
    Chart,
    Construct,
    Container,
    Deployment,
    Nfs,
    PermissionFixer,
    Security,
    SharedScratch,
    StatefulSet,
    Volume,
    VolumeClaim,
    VolumeMount,
)


class Permissions(Chart):
    """A store with a claim, two users with one directory, and an archive on NFS that an old release wrote as root."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="archive")
        self.claim()
        self.two_users()
        self.old_data()

    def claim(self) -> None:
        """The kubelet gives the claim to the group; a large one is not walked again at every start."""
        data = VolumeClaim(name="data", size="100Gi")
        StatefulSet(
            self,
            "store",
            service_name="store",
            volume_claims=[data],
            security=Security(
                run_as_user=10001, run_as_group=10001, fs_group=10001, fs_group_change_policy="OnRootMismatch"
            ),
            containers=[
                Container(
                    name="store", image="registry.example.com/store:1.9.0", volume_mounts=[data.mount("/var/lib/store")]
                )
            ],
        )

    def two_users(self) -> None:
        """Both are members of the group that owns the directory."""
        pair = Deployment(
            self,
            "thumbnails",
            containers=[
                Container(name="web", image="registry.example.com/thumbnails-web:2.2.0"),
                Container(name="worker", image="registry.example.com/thumbnails-worker:2.2.0"),
            ],
        )
        SharedScratch(pair, "work", mount_path="/work", size_limit="2Gi", fs_group=20001)

    def old_data(self) -> None:
        """NFS knows no fsGroup, so that nothing else is left."""
        data = VolumeMount(
            volume=Volume("data", Nfs(server="nfs.example.com", path="/export/archive")), mount_path="/data"
        )
        archive = Deployment(
            self,
            "archive",
            security=Security(run_as_user=10001, run_as_group=10001),
            containers=[Container(name="archive", image="registry.example.com/archive:3.0.1", volume_mounts=[data])],
        )
        PermissionFixer(
            archive,
            "fix-permissions",
            volume=data,
            because="release 2 wrote as root, and the NFS server knows no fsGroup",
            mode="u+rwX,g+rX",
        )

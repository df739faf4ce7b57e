"""A dashboard server whose dashboards are ConfigMaps of every team, and whose rules stand in Git."""

from __future__ import annotations

from patterns import (
    Chart,
    ConfigSyncSidecar,
    Construct,
    Container,
    Deployment,
    FromConfigMaps,
    FromGit,
    Probe,
    ReloadByHttp,
    SecretKey,
    Security,
    SharedScratch,
)

RELOAD = ReloadByHttp(url="http://127.0.0.1:3000/-/reload")


class ConfigSync(Chart):
    """Changed dashboards and rules are there without a rollout."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, namespace="board")
        board = Deployment(
            self,
            "board",
            security=Security(run_as_user=472, run_as_group=472, fs_group=472),
            containers=[
                Container(
                    name="board",
                    image="registry.example.com/board:12.0.0",
                    ports=[3000],
                    readiness_probe=Probe.http(3000, path="/ready"),
                )
            ],
        )
        dashboards = SharedScratch(board, "dashboards", mount_path="/dashboards", size_limit="32Mi", readers=["board"])
        ConfigSyncSidecar(
            board,
            "sync-dashboards",
            into=dashboards.mount,
            source=FromConfigMaps(label="board-dashboard", label_value="1"),
            reload=RELOAD,
        )
        rules = SharedScratch(board, "rules", mount_path="/rules", size_limit="128Mi", readers=["board"])
        ConfigSyncSidecar(
            board,
            "sync-rules",
            into=rules.mount,
            source=FromGit(
                repository="https://git.example.com/platform/rules.git",
                ref="main",
                username="board",
                password=SecretKey("rules-git", "token"),
            ),
            reload=RELOAD,
        )

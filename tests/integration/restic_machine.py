"""The node that restic's rendered commands run on: the data, the repository, and what is rendered."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import shells
from integration.programs import program, running
from integration.rendered import process_of

from patterns import (
    App,
    BackupRetention,
    BackupSidecar,
    Chart,
    Container,
    Restic,
    RestoreRehearsal,
    SecretKey,
    Security,
    StatefulSet,
    VolumeClaim,
)
from patterns.model import JsonObject
from patterns.model.json import object_at, text_at
from patterns.testing import container_of, find, synth

#: a directory stands for it
REPOSITORY = "s3:https://s3.example.com/backups/notes"
CLAIM = VolumeClaim(name="data", size="1Gi")
USER = Security(run_as_user=1000)
HOSTILE = ["a b", "$(id)", "-rf", "it's", 'say "x"', "new\nline", "*", ".hidden", "..odd", "%s", "ünïcode"]


class Machine:
    """The node: the data, the repository, and what is rendered."""

    def __init__(self, directory: Path, kind: str = "busybox") -> None:
        self.directory = directory
        # restic's image has busybox
        self.tools = directory / "bin"
        self.tools.mkdir()
        shells.link_tools(kind, self.tools, ("sh", "mv", "rm", "mkdir", "sync", "date", "od", "sleep"))
        (self.tools / "restic").symlink_to(program("restic"))
        self.data, self.state, self.scratch = directory / "files", directory / "run", directory / "scratch"
        self.repository, self.secrets = directory / "vault", directory / "keys"
        for folder in (self.data, self.state, self.scratch, self.secrets):
            folder.mkdir()
        (self.secrets / "password").write_text("correct horse")
        self.render()

    def render(self, **options: object) -> None:
        given = {"period_seconds": 3600, "exclude": ["*.tmp"], **options}
        method = Restic(
            repository=REPOSITORY,
            password=SecretKey("restic", "password"),
            host="notes",
            **given,  # type: ignore[arg-type]
        )
        chart = Chart(App(), "notes")
        mount = CLAIM.mount("/data")
        app = Container(name="app", image="registry.example.com/notes:2.0.0", volume_mounts=[mount])
        web = StatefulSet(
            chart, "web", replicas=1, service_name="web", volume_claims=[CLAIM], security=USER, containers=[app]
        )
        BackupSidecar(web, "backup", data=mount, method=method)
        RestoreRehearsal(chart, "rehearse", method=method, schedule="@daily", size_limit="1Gi", name="rehearse")
        BackupRetention(chart, "retain", method=method, schedule="@daily", name="retain")
        documents = synth(chart)
        self.pod = find(documents, "StatefulSet")
        self.jobs = {text_at(object_at(d, "metadata"), "name"): d for d in documents if d["kind"] == "CronJob"}

    def process(self, document: JsonObject, name: str, probe: bool = False) -> tuple[list[str], dict[str, str]]:
        container = container_of(document, name)
        if probe:
            container = {**container, "command": object_at(container, "livenessProbe", "exec")["command"]}
        places = {
            "/data": str(self.data),
            "/rehearsal": str(self.scratch),
            "/backup/state": str(self.state),
            "/backup/secrets": str(self.secrets),
            REPOSITORY: str(self.repository),
        }
        process = process_of(container, paths=places)
        command = [str(self.tools / process.command[0]), *process.command[1:]]
        return command, {**process.env, "PATH": str(self.tools)}

    def run(self, document: JsonObject, name: str, probe: bool = False) -> subprocess.CompletedProcess[str]:
        command, env = self.process(document, name, probe)
        return subprocess.run(
            command,
            cwd=self.directory,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def restore(self) -> str:
        ran = self.run(self.pod, "backup-restore")
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    @contextmanager
    def backing_up(self, saved: int = 1) -> Iterator[subprocess.Popen[bytes]]:
        command, env = self.process(self.pod, "backup")
        with running(command, directory=self.directory, env=env, ready=lambda: len(self.snapshots()) >= saved) as it:
            yield it

    def restic(self, *words: str) -> str:
        env = {"RESTIC_REPOSITORY": str(self.repository), "RESTIC_PASSWORD_FILE": str(self.secrets / "password")}
        return subprocess.run(
            [program("restic"), "--no-cache", *words],
            env={**os.environ, **env},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    def snapshots(self) -> list[JsonObject]:
        if not (self.repository / "config").exists():
            return []
        listed: list[JsonObject] = json.loads(self.restic("snapshots", "--json", "--no-lock"))
        return listed

    def locks(self) -> list[Path]:
        """The locks that others see: restic writes one beside it first, and gives it its name when it is whole."""
        return [path for path in (self.repository / "locks").iterdir() if re.fullmatch("[0-9a-f]{64}", path.name)]

    def said(self) -> str:
        return (self.directory / "output").read_text()

    def write(self, *names: str, text: str = "text") -> None:
        for name in names:
            (self.data / name).write_text(f"{text} of {name}")

    def read(self) -> dict[str, str]:
        return {str(p.relative_to(self.data)): p.read_text() for p in self.data.rglob("*") if p.is_file()}

    def lose(self) -> None:
        """The disk is gone, and a new one is there, with what its file system makes by itself."""
        subprocess.run(["rm", "-rf", str(self.data)], check=True)
        (self.data / "lost+found").mkdir(parents=True)

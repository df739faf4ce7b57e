"""Tell whether a wheel holds the package, its data and nothing else: ``check_wheel.py FILE.whl``."""

from __future__ import annotations

import sys
from zipfile import ZipFile


def problems(wheel: str) -> list[str]:
    """What is wrong with the wheel, a sentence each."""
    names = ZipFile(wheel).namelist()
    strangers = {name.split("/")[0] for name in names} - {"patterns"}
    found = [f"{name} is in it" for name in strangers if not name.endswith(".dist-info")]
    typed = ("patterns/py.typed", "patterns/__init__.pyi")
    needed = (*typed, "patterns/model/kubernetes-1.37.json", "patterns/init_containers/seed.sh")
    return found + [f"{name} is missing" for name in needed if name not in names]


if __name__ == "__main__":
    sys.exit("\n".join(problems(sys.argv[1])) or 0)

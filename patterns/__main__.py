"""``python -m patterns check FILE ...`` judges manifests by the rules of this library."""

from __future__ import annotations

import sys

from patterns.check.command import main

if __name__ == "__main__":
    sys.exit(main())

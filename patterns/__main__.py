"""``python -m patterns check FILE ...`` judges manifests by the rules of this library."""

from __future__ import annotations

import gc
import sys

from patterns.check.command import main

if __name__ == "__main__":
    # documents are trees without circles, so that looking for circles all the time finds nothing
    gc.set_threshold(100_000, 20, 20)
    sys.exit(main())

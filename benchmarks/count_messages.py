"""Run a Python program and print how many messages it sent to Node.

``python -m benchmarks.count_messages PROGRAM ...``, where PROGRAM is a file, or ``-m MODULE``.
This slows the program down, so it is a run of its own.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import jsii


def main() -> None:
    """Put a counter before jsii's only way to Node."""
    process: Any = jsii.kernel.provider._process  # type: ignore[attr-defined]  # the provider is a ProcessProvider
    send = process.send
    count = 0

    def counted(*arguments: Any) -> Any:
        nonlocal count
        count += 1
        return send(*arguments)

    process.send = counted
    del sys.argv[0]
    if sys.argv[0] == "-m":
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__")
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")
    print(count)


if __name__ == "__main__":
    main()

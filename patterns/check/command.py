"""The command line of ``python -m patterns``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NoReturn

from patterns.check.checker import Checker, Located
from patterns.check.report import FORMATS
from patterns.check.sources import Source, Unreadable, sources, spooled
from patterns.errors import InvalidValue
from patterns.pod.checks import NEWEST
from patterns.pod.checks.standards import Standards, minor_version

CLEAN, UNREADABLE, FINDINGS = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # 2 is for findings
        self.print_usage(sys.stderr)
        self.exit(UNREADABLE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 where nothing is wrong, 2 where something is, 1 where something could not be read."""
    options = _parser().parse_args(arguments)
    standards = Standards(target=options.target, opinions=options.opinions, pod_security=options.pod_security)
    worst = CLEAN
    with ExitStack() as open_files:
        try:
            checker = Checker(standards, list(_sources(options.files, open_files)))
        except Unreadable as error:
            sys.stderr.write(f"{error}\n")
            return UNREADABLE

        def counted() -> Iterator[Located]:
            nonlocal worst
            for finding in checker.findings():
                if finding.stops or options.strict:
                    worst = FINDINGS
                yield finding

        try:
            for piece in FORMATS[options.format](counted(), lambda: checker.documents):
                sys.stdout.write(piece)
            sys.stdout.flush()
        except BrokenPipeError:
            # the reader has seen enough
            sys.stderr.close()
            return FINDINGS
        return UNREADABLE if checker.unreadable else worst


def _sources(names: Sequence[str], open_files: ExitStack) -> Iterator[Source]:
    # every name is looked at before the first file is read
    found = [[open_files.enter_context(spooled(sys.stdin.buffer))] if n == "-" else [*sources([n])] for n in names]
    for of_name in found:
        yield from of_name


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m patterns", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="judge manifests",
        description="Judges Kubernetes manifests as a cluster would. Exits 0 where nothing is wrong, 2 where something "
        "is, and 1 where something could not be read.",
    )
    check.add_argument("files", nargs="+", metavar="FILE|FOLDER|-", help="YAML or JSON; - is standard input")
    check.add_argument(
        "--target", type=_target, default=NEWEST, metavar="VERSION", help=f"the oldest cluster; default 1.{NEWEST}"
    )
    check.add_argument(
        "--pod-security",
        choices=("privileged", "baseline", "restricted"),
        help="the level that every namespace enforces; default what Namespace objects say",
    )
    check.add_argument("--format", choices=FORMATS, default="text", help="default text")
    check.add_argument("--opinions", action="store_true", help="tell what is legal, works, and is still a trap")
    check.add_argument("--strict", action="store_true", help="exit 2 for warnings and opinions too")
    return parser


def _target(text: str) -> int:
    try:
        return minor_version(text)
    except InvalidValue as error:
        raise argparse.ArgumentTypeError(str(error)) from None

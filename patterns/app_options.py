"""What an app is made with, checked where it is written: Node would say it later, or never."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from patterns.errors import InvalidValue, WrongType

import cdk8s  # isort: skip  # its only importer, patterns.app, has found Node before


class AppOptions:
    """How an app is written, as `cdk8s.AppProps` says it, with the defaults of cdk8s."""

    __slots__ = ("directory", "extension", "outdir", "output_type", "record", "resolvers")

    def __init__(
        self,
        outdir: str | os.PathLike[str] | None,
        output_file_extension: str | None,
        record_construct_metadata: bool | None,
        resolvers: Sequence[cdk8s.IResolver] | None,
        yaml_output_type: cdk8s.YamlOutputType | None,
    ) -> None:
        said = "outdir" if outdir is not None else "CDK8S_OUTDIR"
        if outdir is not None and not isinstance(outdir, (str, os.PathLike)):
            raise WrongType(f"outdir must be a path such as 'dist', got {type(outdir).__name__} {outdir!r}")
        self.outdir = os.fspath(outdir) if outdir is not None else os.environ.get("CDK8S_OUTDIR", "dist")
        if not isinstance(self.outdir, str):
            raise WrongType(f"outdir must be a path in text such as 'dist', got {outdir!r}")
        if not self.outdir:
            raise InvalidValue(
                f"{said} must not be empty, for which cdk8s makes no directory; "
                + (
                    "write '.' for the working directory"
                    if outdir is not None
                    else "unset it, or set it to a directory"
                )
            )
        if "\0" in self.outdir:
            raise InvalidValue(
                f"{said} must not hold a NUL character, got {self.outdir!r}; write a path such as 'dist'"
            )
        self.directory = Path(self.outdir).absolute()
        self.extension = output_file_extension if output_file_extension is not None else ".k8s.yaml"
        if set(self.extension) & {"/", "\0", os.sep}:
            raise InvalidValue(
                f"output_file_extension must be the end of a file's name, such as '.k8s.yaml', got {self.extension!r}; "
                "write the directory in outdir"
            )
        self.record = record_construct_metadata
        if self.record is None:
            self.record = os.environ.get("CDK8S_RECORD_CONSTRUCT_METADATA") == "true"
        self.resolvers = _resolvers(resolvers)
        self.output_type = _output_type(yaml_output_type)

    def for_node(self) -> cdk8s.AppProps:
        """The props of the app in Node, which writes nothing and has the working directory of its start."""
        return cdk8s.AppProps(
            outdir=str(self.directory),
            output_file_extension=self.extension,
            record_construct_metadata=False,
            resolvers=self.resolvers,
            yaml_output_type=self.output_type,
        )


def _output_type(option: object) -> cdk8s.YamlOutputType:
    if option is None:
        return cdk8s.YamlOutputType.FILE_PER_CHART
    if isinstance(option, cdk8s.YamlOutputType):
        return option
    members = cdk8s.YamlOutputType.__members__
    named = option if isinstance(option, str) and option in members else "FILE_PER_CHART"
    raise WrongType(
        f"yaml_output_type must be a cdk8s.YamlOutputType, got {type(option).__name__} {option!r}; "
        f"write cdk8s.YamlOutputType.{named}"
    )


def _resolvers(option: object) -> list[cdk8s.IResolver]:
    if option is None:
        return []
    if not isinstance(option, Sequence) or isinstance(option, (str, bytes)):
        raise WrongType(
            f"resolvers must be a list of cdk8s.IResolver, got {type(option).__name__} {option!r}; write a list of them"
        )
    for number, resolver in enumerate(option):
        _check_resolver(f"resolvers[{number}]", resolver)
    return list(option)


def _check_resolver(where: str, resolver: object) -> None:
    cls = type(resolver)
    if isinstance(resolver, type):
        raise WrongType(f"{where} must be a cdk8s.IResolver, got the class itself; write {resolver.__name__}(...)")
    if not callable(getattr(resolver, "resolve", None)):
        raise WrongType(
            f"{where} must be a cdk8s.IResolver, got {cls.__name__} {resolver!r}; write an object with resolve(context)"
        )
    # Node calls nothing else
    if not hasattr(cls, "__jsii_type__"):
        raise WrongType(
            f"{where} must be a cdk8s.IResolver, got {cls.__name__} {resolver!r}; "
            f"write @jsii.implements(cdk8s.IResolver) above class {cls.__name__}"
        )

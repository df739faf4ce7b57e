"""The errors of this library. Every one says who, where, what came in and what to do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import TypeVar

_PACKAGE = os.path.dirname(__file__) + os.sep  # noqa: PTH120 - pathlib takes a twentieth of the import


class PatternError(Exception):
    """What a user can mend: the parent of every error that this library raises by itself."""

    #: who was speaking, such as ``Container 'app'``; the outermost speaker is put before the message once
    who: str = ""
    #: whether a construct has spoken: the one around it does not say again where it stands
    placed: bool = False
    #: whether ``who`` is no part of the message: a speaker further out takes its place
    replaceable: bool = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return f"{self.who}: {self.message}" if self.who else self.message


class InvalidValue(PatternError, ValueError):
    """A value of the right type that Kubernetes refuses, or that cannot work."""


class WrongType(PatternError, TypeError):
    """A value of another type than the option takes; ``except TypeError`` finds it too."""


class Conflict(PatternError, ValueError):
    """Two contributors want different things in one place of a pod."""


class NotFound(PatternError, LookupError, ValueError):
    """Something that was named, or a workload above a pattern, is not there."""


class SynthesisError(PatternError, ValueError):
    """All findings of one synthesis; nothing was written."""

    def __init__(self, message: str, findings: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.findings = tuple(findings)


class PatternWarning(UserWarning):
    """A finding that does not stop a synthesis."""


E = TypeVar("E", bound=PatternError)


def users_line() -> str:
    """Where the user's code called this package, as ``file:line``, for what is found to be wrong later."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def trimmed(error: E, who: str = "") -> E:
    """The same error without this package's frames: what is left of its traceback is the user's own code.

    ``who`` goes before the message; what spoke further inside stays behind it.
    """
    if who:
        error.message = str(error)
        error.who = who
    return error.with_traceback(_users_frames(error.__traceback__))


def _users_frames(traceback: TracebackType | None) -> TracebackType | None:
    if traceback is None:
        return None
    rest = _users_frames(traceback.tb_next)
    name = traceback.tb_frame.f_code.co_filename
    # dataclasses compile their __init__ from text, so its frame has the file name "<string>"
    if name.startswith(_PACKAGE) or name == "<string>" or "/jsii/" in name:
        return rest
    return TracebackType(rest, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)

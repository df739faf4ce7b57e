"""What the options of a ``LoggingSidecar`` mean together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patterns.defaults import Default
from patterns.errors import InvalidValue
from patterns.model import EnvVar
from patterns.model.env import EnvSource
from patterns.model.value import within
from patterns.pod.versions import needed_for, supports
from patterns.sidecars.fluent_bit_container import DRAIN_SECONDS


def seconds_to_drain(given: int | None, *, native: bool, target: int) -> int:
    """``drain_seconds=`` as given, or its default.

    Raises:
        InvalidValue: for less than none, and for a classic sidecar where the target version has no hook that sleeps.
    """
    if given is None:
        # a cluster without native sidecars may be one without `preStop.sleep`
        return DRAIN_SECONDS if native else 0
    if given < 0:
        raise InvalidValue(f"drain_seconds must not be negative, got {given}")
    if given and not native and not supports(target, "sleep-hook"):
        since = f"which needs {needed_for('sleep-hook')}, and the target is 1.{target}"
        raise InvalidValue(f"drain_seconds must be 0 for a classic sidecar: it sleeps in a hook, {since}")
    return given


def variables_of(env: Mapping[str, str | EnvSource] | Sequence[EnvVar]) -> list[EnvVar]:
    """``env=`` as a list."""
    if not isinstance(env, Mapping):
        return list(env)
    result: list[EnvVar] = []
    for name, value in env.items():
        with within(f"env[{name!r}]"):
            result.append(EnvVar(name, value))
    return result


def refuse_without_fluent_bit(
    multiline: str | Sequence[str],
    json: bool,
    port: int | None,
    state_size_limit: str | Default[str] | None,
    grace_seconds: int | None,
    drain_seconds: int | None,
) -> None:
    """Refuse options that ``Stdout()`` has no use for.

    Raises:
        InvalidValue: for the first of them that is given.
    """
    given = {
        "multiline": bool(multiline),
        "json": json,
        "port": port is not None,
        "state_size_limit": not isinstance(state_size_limit, Default),
        "grace_seconds": grace_seconds is not None,
        "drain_seconds": drain_seconds is not None,
    }
    for option, is_given in given.items():
        if is_given:
            raise InvalidValue(
                f"{option} is an option of Fluent Bit, and Stdout() is a plain `tail`; take it away, or write "
                'to=FluentBitOutput("stdout", {"format": "json_lines"})'
            )

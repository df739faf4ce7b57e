"""Every public class, function and method says what is wrong with each of its arguments, at the user's line."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
import traceback
import warnings
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from bad_input.calls import CALLS, NOT_CALLED, SETTING
from bad_input.table import USER

import patterns
import patterns.testing
from patterns import App, Construct, PatternError, SynthesisError, Value

#: of our own code: a traceback shows the user's line, and not much after it
MOST_FRAMES = 3
#: what speaks by its name without one, as a quantity is an option of many
NAMELESS = "a quantity must be |mode must be "


ROWS: Sequence[str] = CALLS.strip().splitlines()
#: constructs of the setting: a call that holds one has a setting of its own
IN_A_TREE = r"\b(root|chart|web|scratch|pattern|rays|yaml_file)\b|^App\("
#: what rendering calls, and no user
NOT_A_USERS = {"add_extra", "own_document"}


class Odd:
    """A value that no argument takes."""

    def __repr__(self) -> str:
        return "Odd()"


#: what stands in the place of each argument
VALUES: tuple[object, ...] = (
    *(None, True, 0, -1, 2.5, float("nan"), 10**30, "", "x y", "a\0b", "\ud800", "é" * 300, b"x", Odd(), int, {1, 2}),
    *([], ["x", 5], [None], {}, {"a": Odd()}, {5: 5}, {"a": None}),
)


class Call:
    """A call in a setting of its own."""

    def __init__(self, code: str) -> None:
        self.known = _setting() if re.search(IN_A_TREE, code) else _kept_setting()
        call = ast.parse(code, mode="eval").body
        assert isinstance(call, ast.Call)
        self.function = self._value(call.func)
        self.args = [self._value(argument) for argument in call.args]
        self.options = {option.arg or "": self._value(option.value) for option in call.keywords}

    def _value(self, part: ast.expr) -> object:
        return eval(ast.unparse(part), self.known)

    def parameters(self) -> list[inspect.Parameter]:
        """What it takes, without ``self``."""
        if not isinstance(self.function, type):
            return list(inspect.signature(self.function).parameters.values())  # type: ignore[arg-type]
        return list(inspect.signature(self.function.__init__).parameters.values())[1:]  # type: ignore[misc]

    def made(self, name: str, value: object) -> object:
        """What it gives with this argument, from a line of a user's."""
        parameters = self.parameters()
        at = [parameter.name for parameter in parameters].index(name)
        args, options = [*self.args], dict(self.options)
        if parameters[at].kind is inspect.Parameter.VAR_POSITIONAL:
            args = [*args[:at], value]
        elif at < len(args) and parameters[at].kind is not inspect.Parameter.KEYWORD_ONLY:
            args[at] = value
        else:
            options[name] = value
        known = {"call": self.function, "args": args, "options": options}
        return eval(compile("call(*args, **options)", USER, "eval"), known)

    def synthesize(self, made: object) -> None:
        """What stands in a tree becomes text; its mistakes are findings."""
        root = made if isinstance(made, App) else self.known["root"]
        assert isinstance(root, App)
        if any(isinstance(part, Construct) for part in (made, getattr(self.function, "__self__", None))):
            with contextlib.suppress(SynthesisError):
                root.synth_yaml()


def _setting() -> dict[str, object]:
    known: dict[str, object] = {name: getattr(patterns, name) for name in patterns.__all__}
    known["testing"] = patterns.testing
    exec(compile(SETTING, "<setting>", "exec"), known)
    return known


@cache
def _kept_setting() -> dict[str, object]:
    return _setting()


def _wrong(code: str, name: str, value: object) -> str:
    """What is wrong with the answer to this value of an argument; nothing, as a rule."""
    if callable(value) and ".change_document(" in code:
        # it is called at synthesis, and what it raises is its own
        return ""
    call = Call(code)
    try:
        made = call.made(name, value)
    except PatternError as error:
        return f"{name}={value!r}: {problem}" if (problem := _wrong_with(error)) else ""
    except AssertionError:
        # of the helper of that name
        return "" if code.startswith("testing.assert_") else f"{name}={value!r}: an assertion"
    except Exception as error:
        return f"{name}={value!r}: {error!r}"
    if isinstance(made, Value) and type(made).render is not Value.render:
        made.render()
    call.synthesize(made)
    return ""


def _wrong_with(error: PatternError) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    users = [at for at, frame in enumerate(frames) if frame.filename == USER]
    if len(frames) - 1 - users[-1] > MOST_FRAMES:
        return f"{len(frames) - 1 - users[-1]} frames of ours"
    if not re.match(rf"\w+( '.*')?: |{NAMELESS}", str(error)):
        return f"it is not told who speaks: {error}"
    if str(error).endswith("."):
        return f"a final period: {error}"
    return "" if "\n" not in str(error) else f"several lines: {error}"


def _names(code: str) -> list[str]:
    parameters = Call(code).parameters()
    return [parameter.name for parameter in parameters if parameter.kind is not inspect.Parameter.VAR_KEYWORD]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("code", ROWS, ids=lambda code: code[:40])
def test_a_bad_argument_is_told_at_the_users_line(code: str) -> None:
    # two of all values, other ones for each argument
    at = 2 * ROWS.index(code)
    picked = [(name, VALUES[(at + 2 * n + k) % len(VALUES)]) for n, name in enumerate(_names(code)) for k in range(2)]
    assert [wrong for name, value in picked if (wrong := _wrong(code, name, value))] == []


@pytest.mark.slow
@pytest.mark.parametrize("code", ROWS, ids=lambda code: code[:40])
def test_each_bad_value_of_an_argument_is_told_at_the_users_line(code: str) -> None:
    assert [wrong for name in _names(code) for value in VALUES if (wrong := _wrong(code, name, value))] == []


def test_every_public_name_is_called() -> None:
    assert set(patterns.__all__) - {re.split(r"[.(]", code)[0] for code in ROWS} == NOT_CALLED


def test_every_public_method_that_takes_an_argument_is_called() -> None:
    called = {found[-1] for code in ROWS if (found := re.findall(r"\.([a-z_]+)\(", code))}
    classes = [cls for name in patterns.__all__ if isinstance(cls := getattr(patterns, name), type)]
    parents = {above for cls in classes if not getattr(cls, "_is_protocol", False) for above in cls.__mro__}
    methods = {
        name
        for cls in parents
        if cls.__module__.startswith("patterns.")
        for name, member in vars(cls).items()
        if not name.startswith("_") and _takes_arguments(getattr(member, "__func__", member))
    }
    assert methods - called == NOT_A_USERS


def _takes_arguments(member: object) -> bool:
    return inspect.isfunction(member) and len(inspect.signature(member).parameters) > 1


def test_every_helper_for_tests_is_called() -> None:
    helpers = {
        name
        for name, member in vars(patterns.testing).items()
        if inspect.isfunction(member) and member.__module__ == "patterns.testing" and not name.startswith("_")
    }
    assert helpers - set(re.findall(r"^testing\.(\w+)", CALLS, re.MULTILINE)) <= {"yaml_snapshot"}

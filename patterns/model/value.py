"""What all values share: wrong types found by the annotations, and errors at the user's line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

from patterns.errors import PatternError, WrongType, trimmed
from patterns.model.annotations import kinds_of
from patterns.model.json import JsonObject
from patterns.model.kinds import Kind, Mismatch
from patterns.remembered import Remembered

T = TypeVar("T")


@dataclasses.dataclass(slots=True)
class _Signature:
    positional: tuple[str, ...]
    kinds: dict[str, Kind]
    needed: frozenset[str]
    defaults: dict[str, object]
    settle: Callable[[Any], None] | None
    #: whether what the generated ``__init__`` does can be done at once, which takes a third of the time
    plain: bool
    #: whether it is of this package, which does nothing but look at the fields when a value is made
    ours: bool
    compared: tuple[str, ...]
    shown: tuple[str, ...]


_SIGNATURES: dict[type, _Signature] = {}
#: classes of users
OTHERS: list[type] = []


def is_ours(cls: type) -> bool:
    """Whether it is a class of this package, and none of a user's."""
    return cls.__module__.startswith("patterns.")


def _signature(cls: type[Any]) -> _Signature:
    # compiled at a class's first call: an import pays for no class that it does not use
    own = fields(cls)
    code = getattr(cls.__init__, "__code__", None)
    plain = (
        code is not None
        and code.co_qualname == "__create_fn__.<locals>.__init__"  # text that dataclasses wrote
        and {*code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]} == {field.name for field in own}
        and not any(vars(parent).get("__slots__") or "__new__" in vars(parent) for parent in cls.__mro__[:-1])
        and all(field.default_factory is MISSING for field in own)
    )
    found = _SIGNATURES[cls] = _Signature(
        positional=tuple(field.name for field in own if field.init and not field.kw_only),
        kinds=kinds_of(cls),
        needed=frozenset(field.name for field in own if field.default is MISSING),
        defaults={field.name: field.default for field in own},
        settle=cls.__post_init__ if code is not None and "__post_init__" in code.co_names else None,
        plain=plain,
        ours=is_ours(cls),
        compared=tuple(field.name for field in own if field.compare),
        shown=tuple(field.name for field in own if field.repr),
    )
    return found


def signature_of(cls: type[Any]) -> _Signature:
    return _SIGNATURES.get(cls) or _signature(cls)


class ValueMeta(type):
    """Checks arguments against annotations, and lets every error end at the user's own line.

    A missing or unknown argument is Python's own ``TypeError``.
    """

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, namespace, **options)
        if not is_ours(cls):
            OTHERS.append(cls)

    def __call__(cls: type[T], *args: Any, **kwargs: Any) -> T:
        signature = _SIGNATURES.get(cls) or _signature(cls)
        positional, kinds = signature.positional, signature.kinds
        given = kwargs
        try:
            if args and len(args) <= len(positional):
                given = {**dict(zip(positional, args, strict=False)), **kwargs}
            twice_or_many = len(given) < len(args) + len(kwargs)
            if signature.plain and not twice_or_many and signature.needed <= given.keys() <= kinds.keys():
                return _once(cls, signature, signature.defaults, given)
            # a constructor of its own, or Python's error
            names = [*positional[: len(args)], *[""] * (len(args) - len(positional))]
            listed = [taken(name, kinds.get(name), value) for name, value in zip(names, args, strict=True)]
            named = {name: taken(name, kinds.get(name), value) for name, value in kwargs.items()}
            made: T = type.__call__(cls, *listed, **named)
            made.check_extra()  # type: ignore[attr-defined]  # the metaclass of values alone
            return made
        except PatternError as error:
            raise trimmed(error, _who(cls, given)) from None


#: our own values by what they were made of, which stays alive with them: addresses stand for values
_MADE: Remembered[tuple[Any, object]] = Remembered()
#: exact types whose values are told apart by the type and by what they are equal to
_SIMPLE = frozenset({str, int, bool, type(None)})


def _once(
    cls: type[T], signature: _Signature, before: Mapping[str, object], given: Mapping[str, Any], of: object = None
) -> T:
    """A value, or the one that was made of the same: workloads of one app have many equal ports, volumes and mounts."""
    content = _content_of(cls, given, of) if signature.ours else None
    if content is None:
        return _made(cls, signature, before, given)
    known = _MADE.get(content)
    if known is None:
        # as they are now: whoever has a list may change it
        alive = (of, *[tuple(value) if type(value) is list else value for value in given.values()])
        known = _MADE.keep(content, (_made(cls, signature, before, given), alive))
    made: T = known[0]
    return made


def _content_of(cls: type, given: Mapping[str, Any], of: object) -> Hashable | None:
    """What makes a value, to look it up by; ``None`` where that cannot be told quickly."""
    parts: list[object] = [cls, id(of)]
    for name, value in given.items():
        its_type = type(value)
        if its_type in _SIMPLE:
            parts += (name, its_type, value)
        elif isinstance(value, Value):
            parts += (name, Value, id(value))
        elif its_type is list or its_type is tuple:
            types = {*map(type, value)}
            if len(types) == 1 and types <= _SIMPLE:
                parts += (name, list, *types, *value)
            elif all(issubclass(each, Value) for each in types):
                parts += (name, list, Value, *map(id, value))
            else:
                return None
        else:
            return None
    return tuple(parts)


def _made(cls: type[T], signature: _Signature, before: Mapping[str, object], given: Mapping[str, Any]) -> T:
    """A value with all that is given, and before it."""
    values = {**before}
    kinds = signature.kinds
    for name, value in given.items():
        kind, its_type = kinds[name], type(value)
        # `is_kept`, without a call for each field
        kept = its_type in kind.as_is or (its_type is str and kind.text and value.isascii())
        values[name] = value if kept else taken(name, kind, value)
    made = cls.__new__(cls)
    object.__setattr__(made, "__dict__", values)
    if signature.settle is not None:
        signature.settle(made)
    made.check_extra()  # type: ignore[attr-defined]  # the metaclass of values alone
    return made


def _who(cls: type, values: Mapping[str, object]) -> str:
    name = values.get("name")
    return f"{cls.__name__} {name!r}" if isinstance(name, str) else cls.__name__


if TYPE_CHECKING:
    # the second name: so that they can be imported from here
    from dataclasses import dataclass as dataclass  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(**options: bool) -> Callable[[type[T]], type[T]]:
        """`dataclasses.dataclass` for our own values, without the methods that `Value` has for all of them.

        Python would write and compile three more functions for each class, which took a fifth of the import.
        """
        return dataclasses.dataclass(**options, eq=False, repr=False)

    def replace(value: T, /, **changes: object) -> T:
        """`dataclasses.replace`, which looks at what is changed, and at the value as a whole, alone."""
        signature = _SIGNATURES.get(type(value))
        if signature is None or not (signature.plain and changes.keys() <= signature.kinds.keys()):
            return dataclasses.replace(value, **changes)
        before = value.__dict__
        if len(before) > len(signature.defaults):
            # what the value has found out of its fields does not hold any more
            before = {name: before[name] for name in signature.defaults}
        try:
            return _once(type(value), signature, before, changes, value)
        except PatternError as error:
            raise trimmed(error, _who(type(value), {**before, **changes})) from None


def taken(name: str, kind: Kind | None, value: object) -> object:
    """The argument as it is kept.

    Raises:
        WrongType: with the right call, where the value does not fit the annotation.
    """
    if kind is None:
        return value
    try:
        return kind.take(value)
    except Mismatch as error:
        mismatch = error
    except PatternError as error:
        error.message = f"{name} {error.message}" if error.message.startswith("must") else f"{name}{error.message}"
        raise
    # words are costly and errors are rare
    from patterns.model.hints import sentence

    raise WrongType(sentence(name, mismatch))


class Value(metaclass=ValueMeta):
    """A frozen, keyword-only value that renders to plain Kubernetes JSON.

    Subclasses are ``@dataclass(frozen=True, kw_only=True)``. Arguments are checked against the annotations when a
    value is made; lists become tuples and mappings frozen copies. ``__post_init__`` checks what types cannot say.
    Values of one class whose fields are equal are equal.
    """

    def __eq__(self, other: object) -> bool:
        if other is self:
            return True
        if type(other) is not type(self):
            return NotImplemented
        names = signature_of(type(self)).compared
        return [getattr(self, name) for name in names] == [getattr(other, name) for name in names]

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in signature_of(type(self)).compared))

    def __repr__(self) -> str:
        shown = signature_of(type(self)).shown
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def render(self) -> JsonObject:
        """Plain Kubernetes JSON, fresh at every call, in the order people write it."""
        raise NotImplementedError

    def check_extra(self) -> None:
        """Nothing to check here; values with further Kubernetes fields check them."""


def settle(value: Value, **normalised: object) -> None:
    """Put a field's short spelling in its full form; for ``__post_init__`` alone, before anybody has seen the value."""
    for name, item in normalised.items():
        object.__setattr__(value, name, item)


@contextmanager
def within(place: str) -> Iterator[None]:
    """Say where an error of a nested value is: ``ports[0]: container_port must be ...``."""
    try:
        yield
    except PatternError as error:
        error.message, error.who = f"{place}: {error.message}" if place else error.message, ""
        raise

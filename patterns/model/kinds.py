"""What may stand in a field: a check that also freezes lists and mappings."""

from __future__ import annotations

from collections import abc
from typing import Any

from patterns.errors import InvalidValue
from patterns.model.articles import a, either, plural
from patterns.model.frozen import LARGEST_WHOLE_NUMBER, NOTHING, FrozenMap, NotJson, encodable, freeze

#: what a class is as well
_CALLABLE: object = abc.Callable
_TEXTS = {str}


class Mismatch(Exception):
    """A value of another type than the place takes; ``path`` is where, below the field."""

    def __init__(self, kind: Kind, value: object, path: str = "") -> None:
        super().__init__(path)
        self.kind, self.value, self.path = kind, value, path


class Kind:
    """Anything at all: the parent of the kinds, and what an annotation of an unknown form gives."""

    #: exact types that this kind takes: the fast way
    exact: tuple[type, ...] = ()
    #: types, mostly of these, whose values are taken as they are, without a look
    as_is: frozenset[type] = frozenset()
    #: whether a plain string is taken as it is, if a file can carry it
    text: bool = False
    words: tuple[str, ...] = ("anything",)

    def admits(self, value: object) -> bool:
        return True

    def take(self, value: object) -> object:
        """The value as it is kept. Raises `Mismatch`, or `InvalidValue` for what has the right type only."""
        return value


class Instance(Kind):
    def __init__(self, cls: type) -> None:
        self.cls = cls
        self.exact = (cls,)
        self.as_is = frozenset(self.exact if type(self) is Instance else ())
        self.words = (a(cls.__name__),)

    def admits(self, value: object) -> bool:
        # a class has the methods of a protocol too
        return isinstance(value, self.cls) and (self.cls is _CALLABLE or not isinstance(value, type))

    def take(self, value: object) -> object:
        if not self.admits(value):
            raise Mismatch(self, value)
        its_type = type(value)
        if type(self) is Instance and its_type.__module__.startswith("patterns."):
            # the next one of this class needs no look: what it derives from, and its methods, are its class's
            self.as_is |= {its_type}
        return value


class Text(Instance):
    text = True

    def take(self, value: object) -> object:
        if not isinstance(value, str):
            raise Mismatch(self, value)
        if not encodable(value):
            raise InvalidValue(f"must be text that a file can carry, got half of a surrogate pair in {value!r}")
        return str.__str__(value)


class Whole(Instance):
    def admits(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def take(self, value: object) -> object:
        if type(value) is int and -LARGEST_WHOLE_NUMBER <= value <= LARGEST_WHOLE_NUMBER:
            return value
        if not isinstance(value, int) or isinstance(value, bool):
            raise Mismatch(self, value)
        if abs(value) > LARGEST_WHOLE_NUMBER:
            raise InvalidValue(f"must be at most 2**53, since JSON rounds larger numbers, got {value}")
        return int(value)


class Number(Kind):
    exact = (float, int)
    as_is = frozenset(exact)
    words = ("a number",)

    def admits(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    def take(self, value: object) -> object:
        if self.admits(value):
            return value
        raise Mismatch(self, value)


class Nothing(Kind):
    exact = (type(None),)
    as_is = frozenset(exact)
    words = ()

    def admits(self, value: object) -> bool:
        return value is None

    def take(self, value: object) -> object:
        if value is None:
            return None
        raise Mismatch(self, value)


class Choice(Kind):
    def __init__(self, values: tuple[object, ...]) -> None:
        self.values = values
        self.exact = tuple({type(value) for value in values})
        self.words = (either([repr(value) for value in values]),)

    def admits(self, value: object) -> bool:
        return isinstance(value, self.exact) and (not isinstance(value, bool) or bool in self.exact)

    def take(self, value: object) -> object:
        for known in self.values:
            if known == value and type(known) in type(value).__mro__:
                return known
        if not self.admits(value):
            raise Mismatch(self, value)
        raise InvalidValue(f"must be {self.words[0]}, got {value!r}")


class Many(Kind):
    exact = (tuple, list)

    def __init__(self, item: Kind) -> None:
        self.item = item
        self.words = (f"a list of {plural(item.words)}",)

    def admits(self, value: object) -> bool:
        # abstract classes take their time to answer
        listed = type(value) in self.exact or isinstance(value, abc.Sequence)
        return listed and not isinstance(value, str | bytes | bytearray)

    def take(self, value: object) -> object:
        items: Any = value
        if type(value) in self.exact:
            if not items:
                return ()
            if _are_kept(self.item, items):
                return tuple(items)
        elif not self.admits(value):
            raise Mismatch(self, value)
        return tuple(_taken(self.item, item, f"[{i}]") for i, item in enumerate(items))


class Pairs(Kind):
    exact = (FrozenMap, dict)

    def __init__(self, item: Kind, key: Kind | None = None) -> None:
        self.item = item
        self.words = (f"a dict of {plural(item.words)}",)
        self.key = key or Text(str)

    def admits(self, value: object) -> bool:
        return type(value) in self.exact or isinstance(value, abc.Mapping)

    def take(self, value: object) -> object:
        if type(value) is dict and not value:
            return NOTHING
        if type(value) is FrozenMap and self.item.as_is.issuperset(map(type, value.values())):
            return value
        if not self.admits(value):
            raise Mismatch(self, value)
        items: Any = value
        # the places are put in words for what is not kept as it is alone
        key, item = self.key, self.item
        if type(value) is dict and type(key) is Text and _are_kept(key, items) and _are_kept(item, items.values()):
            return FrozenMap(items)
        found: dict[Any, Any] = {
            k if is_kept(key, k) else _taken(key, k, f": key {k!r}"): (
                v if is_kept(item, v) else _taken(item, v, f"[{k!r}]")
            )
            for k, v in items.items()
        }
        return FrozenMap(found)


class SomePairs(Pairs):
    """A mapping of which nothing else is looked at: it may be large, and is read where it is used."""

    def __init__(self, item: Kind) -> None:
        super().__init__(item)
        if type(item) is Kind:
            self.words = ("a dict",)

    def take(self, value: object) -> object:
        if self.admits(value):
            return value
        raise Mismatch(self, value)


class PlainJson(Kind):
    words = ("plain JSON",)

    def take(self, value: object) -> object:
        try:
            return freeze(value)
        except NotJson as error:
            place = f" at {error.path.lstrip('.')}" if error.path else ""
            problem = f"must be plain JSON, but {error.value!r}{place} {error.problem}"
        raise InvalidValue(problem)


class OneOf(Kind):
    def __init__(self, kinds: list[Kind]) -> None:
        self.kinds = kinds
        self.by_type: dict[type, Kind] = {}
        for kind in kinds:
            for exact in kind.exact:
                self.by_type.setdefault(exact, kind)
        self.as_is = frozenset(cls for cls, kind in self.by_type.items() if cls in kind.as_is)
        self.text = str in self.by_type and self.by_type[str].text
        self.words = tuple(word for kind in kinds for word in kind.words)

    def admits(self, value: object) -> bool:
        return any(kind.admits(value) for kind in self.kinds)

    def take(self, value: object) -> object:
        kind = self.by_type.get(type(value))
        if kind is None:
            kind = next((kind for kind in self.kinds if kind.admits(value)), None)
        if kind is None:
            raise Mismatch(self, value)
        return kind.take(value)


def is_kept(kind: Kind, value: Any) -> bool:
    """Whether the value is taken as it is: the fast answer for the commonest ones, which need no other look."""
    cls = type(value)
    return cls in kind.as_is or (cls is str and kind.text and value.isascii())


def _are_kept(kind: Kind, values: Any) -> bool:
    """`is_kept` of all values, where they are of a few types."""
    types = {*map(type, values)}
    return types <= kind.as_is or (types == _TEXTS and kind.text and "".join(values).isascii())


def _taken(kind: Kind, value: object, step: str) -> object:
    if is_kept(kind, value):
        return value
    try:
        return kind.take(value)
    except Mismatch as error:
        raise Mismatch(error.kind, error.value, step + error.path) from None
    except InvalidValue as error:
        raise InvalidValue(
            f"{step} {error.message}" if error.message.startswith("must") else step + error.message
        ) from None

"""Collections that do not change after a value is made, and JSON in and out of them."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Never, TypeVar, cast

from patterns.model.json import Json

V_co = TypeVar("V_co", covariant=True)

#: JSON carries numbers as doubles: a larger whole number comes out as another one
LARGEST_WHOLE_NUMBER = 2**53


class FrozenMap(Mapping[str, V_co]):
    """A mapping that cannot change: it keeps its order, equals a dict with the same items, and has a hash."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V_co] | None = None) -> None:
        self._items: dict[str, V_co] = dict(items or {})

    def __getitem__(self, key: str) -> V_co:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    # those of `Mapping` go through the methods above, entry by entry

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def keys(self) -> KeysView[str]:
        return self._items.keys()

    def values(self) -> ValuesView[V_co]:
        return self._items.values()

    def items(self) -> ItemsView[str, V_co]:
        return self._items.items()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self._items == other._items
        return self._items == other if isinstance(other, dict) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return repr(self._items)

    def __reduce__(self) -> tuple[type[FrozenMap[V_co]], tuple[dict[str, V_co]]]:
        return FrozenMap, (self._items,)


#: no entries; one object, so that it can stand as a default in a dataclass
NOTHING: FrozenMap[Never] = FrozenMap()


class NotJson(Exception):
    """What is no plain JSON, and where it stands."""

    def __init__(self, value: object, path: str, problem: str) -> None:
        super().__init__(problem)
        self.value, self.path, self.problem = value, path, problem


def freeze(value: object, path: str = "") -> object:
    """A frozen copy of plain JSON: objects become `FrozenMap`, lists become tuples.

    Raises:
        NotJson: for what JSON cannot carry, or would carry as another value.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not encodable(value):
            raise NotJson(value, path, "holds half of a surrogate pair, which no file can carry")
        return str.__str__(value)
    if isinstance(value, int):
        if abs(value) > LARGEST_WHOLE_NUMBER:
            raise NotJson(value, path, "is over 2**53 and would be rounded on its way; write it as a str")
        return int(value)
    if isinstance(value, float):
        if value - value != 0:  # nan and both infinities
            raise NotJson(value, path, "is no number in JSON")
        return float(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value)
        for key in items:
            if not isinstance(key, str):
                raise NotJson(key, path, "is a key and no str")
        return FrozenMap({str(key): freeze(item, f"{path}.{key}") for key, item in items.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(item, f"{path}[{i}]") for i, item in enumerate(cast("list[object]", value)))
    raise NotJson(value, path, "is no plain JSON (None, bool, int, float, str, list, dict)")


def thaw(value: object) -> Json:
    """Fresh plain JSON of what `freeze` made."""
    if isinstance(value, FrozenMap):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    return cast("Json", value)


def written(value: object) -> Json:
    """The same as it stands in manifests: without entries of mappings that are None, and 1 for 1.0."""
    if isinstance(value, FrozenMap):
        return {key: written(item) for key, item in value.items() if item is not None}
    if isinstance(value, tuple):
        return [written(item) for item in value]
    if type(value) is float and value.is_integer() and abs(value) <= LARGEST_WHOLE_NUMBER:
        return int(value)
    return cast("Json", value)


def encodable(text: str) -> bool:
    """Whether a file can carry the text: UTF-8 has no half of a surrogate pair."""
    if text.isascii():
        return True
    return not any("\ud800" <= character <= "\udfff" for character in text)

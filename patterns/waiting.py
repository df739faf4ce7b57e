"""Constructs that Node does not know yet, because nobody has asked it: a tree of ours alone stands in Python.

Each construct in Node costs a message, which is half of the time of an app. Nobody sees whether they are there, as long
as all questions come through Python: the first one makes all of them, in the order in which they were written, and from
then on each is made at once, because what was asked may go on asking. Node is asked when something of somebody else's
is placed in the tree, and when anything of Node's is used, such as ``chart.node``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import jsii  # isort: skip  # after patterns.place, which finds Node

_numbers = count(1)
#: the largest index of JavaScript's arrays
_MOST = 2**32 - 2
#: what every object in JavaScript has already, so that Node says no to such a child
_NOT_FREE = frozenset(
    {
        *("__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "__proto__", "constructor"),
        *("hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf"),
    }
)


def node_id(id: str) -> str:
    """What constructs makes of an id."""
    return id.replace("/", "--")


class Seat:
    """Where a construct stands in a tree that waits.

    Args:
        kind: its class in Node.
        id: its own; empty for the root.
        reference: its own, as long as the process lives.
    """

    __slots__ = ("children", "id", "kind", "reference", "tree")

    def __init__(self, tree: Tree, kind: type, id: str, reference: str) -> None:
        self.tree = tree
        self.kind = kind
        self.id = id
        self.reference = reference
        self.children: dict[str, Any] = {}


class Tree:
    """The constructs below one root that wait to be made."""

    __slots__ = ("_waiting", "then")

    def __init__(self, root: Any, kind: type) -> None:
        self._waiting: list[tuple[type, Any, list[object]]] | None = []
        #: what is called when all are made
        self.then: list[Callable[[], object]] = []
        root.__dict__["_seat"] = Seat(self, kind, "", root.__dict__["__jsii_ref__"].ref)

    @property
    def waits(self) -> bool:
        """Whether nobody has asked Node yet."""
        return self._waiting is not None

    def make(self) -> None:
        """Let Node know all of them, and everything from now on."""
        waiting, self._waiting = self._waiting, None
        for kind, construct, arguments in waiting or ():
            jsii.create(kind, construct, arguments)
        for call in self.then:
            call()

    def add(self, kind: type, construct: Any, scope: Any, id: str, further: list[object]) -> bool:
        """Let a construct wait below ``scope``; False where it cannot.

        Raises:
            RuntimeError: when there is one of that id in the scope, in the words of constructs.
        """
        name = node_id(id)
        # newlines in ids are treated by some versions of constructs only
        if "\n" in name or name in _NOT_FREE:
            return False
        assert self._waiting is not None, "a tree that Node knows"
        above: Seat = scope.__dict__["_seat"]
        if name in above.children:
            where = f"{above.kind.__name__} [{above.id}]" if above.id else above.kind.__name__
            raise RuntimeError(f"There is already a Construct with name '{name}' in {where}")
        above.children[name] = construct
        self._waiting.append((kind, construct, [scope, id, *further]))
        construct.__dict__["_seat"] = Seat(self, kind, name, f"waiting@{next(_numbers)}")
        return True


class CanWait:
    """A construct that Node need not know from the beginning; asked for its reference in Node, it is made."""

    @property
    def __jsii_ref__(self) -> Any:
        tree = tree_of(self)
        if tree is not None:
            tree.make()
        try:
            return self.__dict__["__jsii_ref__"]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute '__jsii_ref__'") from None

    @__jsii_ref__.setter
    def __jsii_ref__(self, reference: Any) -> None:
        self.__dict__["__jsii_ref__"] = reference


def tree_of(construct: Any) -> Tree | None:
    """The tree that the construct stands in, where it waits."""
    seat = getattr(construct, "__dict__", {}).get("_seat")
    return seat.tree if seat is not None and seat.tree.waits else None


def when_made(root: Any, call: Callable[[], object]) -> None:
    """Call what asks Node when the tree below ``root`` is made: now, or with the first question."""
    tree = tree_of(root)
    if tree is None:
        call()
    else:
        tree.then.append(call)


def reference_of(construct: Any) -> str:
    """What is equal for every Python wrapper of one object: its own in a tree that waited, else Node's."""
    seat = construct.__dict__.get("_seat")
    reference: str = construct.__jsii_ref__.ref if seat is None else seat.reference
    return reference


def is_made(construct: object) -> bool:
    """Whether it is a construct that stands in a tree, be it one that waits."""
    own = getattr(construct, "__dict__", {})
    if "_seat" in own or "__jsii_ref__" in own:
        return True
    return not isinstance(construct, CanWait) and hasattr(construct, "__jsii_ref__")


def preorder(construct: Any) -> Iterator[Any]:
    """The construct and all below it, as ``node.find_all()`` of a tree that waits would give them."""
    yield construct
    children: dict[str, Any] = construct.__dict__["_seat"].children
    numbers = [name for name in children if _is_index(name)]
    for name in sorted(numbers, key=int):
        yield from preorder(children[name])
    for name, child in children.items():
        if not numbers or not _is_index(name):
            yield from preorder(child)


def _is_index(name: str) -> bool:
    """Whether JavaScript takes a name for an index: those come first in its objects, by their number."""
    return name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) <= _MOST

"""Constructs that Node does not know yet, because nobody has asked it: a tree of ours alone stands in Python.

Each construct in Node costs a message, which is half of the time of an app. Nobody sees whether they are there, as long
as all questions come through Python: the first one makes all of them, in the order in which they were written, and from
then on each is made at once, because what was asked may go on asking. Node is asked when something of somebody else's
is placed in the tree, and when anything of Node's is used, such as ``chart.node``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any, Generic, SupportsIndex, TypeVar

import jsii  # isort: skip  # after patterns.place, which finds Node

if TYPE_CHECKING:
    import cdk8s
    import constructs

T = TypeVar("T")

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


class Place:
    """What is known of where a construct stands. ``id`` is None where only Node knows it."""

    __slots__ = ("chart", "id", "node", "path", "root", "scope")

    def __init__(self, scope: constructs.IConstruct | None, id: str | None) -> None:
        self.scope = scope
        self.id = id
        self.path: str | None = None
        self.chart: cdk8s.Chart | None = None
        self.root: constructs.IConstruct | None = None
        self.node: constructs.Node | None = None


class Seat(Place):
    """The place of a construct below a root of ours, where constructs can wait.

    Args:
        tree: what the root began.
        kind: its class in Node.
        scope: what it is placed in; None for the root.
        id: its own; empty for the root.
    """

    __slots__ = ("children", "kind", "tree")

    def __init__(self, tree: Tree, kind: type, scope: Any, id: str) -> None:
        super().__init__(scope, id)
        self.tree = tree
        self.kind = kind
        self.children: dict[str, Any] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Seat:
        # a copy of a construct stands where the construct does, as it has the same object in Node
        return self


class Tree:
    """A root of ours and the constructs below it."""

    __slots__ = ("_props", "_waiting", "notes", "then")

    def __init__(self, root: Any, kind: type, props: object) -> None:
        self._waiting: list[Any] | None = [root]
        self._props = props
        #: what is called when all are made
        self.then: list[Callable[[], object]] = []
        self.notes: dict[Notes[Any], dict[Hashable, Any]] = {}
        seat = root._patterns_seat = Seat(self, kind, None, "")
        seat.path = ""
        seat.root = root

    @property
    def waits(self) -> bool:
        """Whether nobody has asked Node yet."""
        return self._waiting is not None

    def make(self) -> None:
        """Let Node know all of them, and everything from now on. One that cannot be made is tried again next time."""
        waiting, self._waiting = self._waiting or [], None
        for number, construct in enumerate(waiting):
            try:
                self._make_one(construct)
            except BaseException:
                self._waiting = waiting[number:]
                raise
        for call in self.then:
            call()

    def _make_one(self, construct: Any) -> None:
        seat = construct._patterns_seat
        root = seat.scope is None
        arguments = [self._props] if root else [seat.scope, seat.id, *construct._patterns_props()]
        jsii.create(seat.kind, construct, arguments)

    def let_wait(self, kind: type, construct: Any, scope: Any, id: str) -> bool:
        """Let a construct wait below ``scope``; False where it cannot.

        Raises:
            RuntimeError: when there is one of that id in the scope, in the words of constructs.
        """
        name = node_id(id)
        # newlines in ids are treated by some versions of constructs only
        if self._waiting is None or "\n" in name or name in _NOT_FREE:
            return False
        above: Seat = scope._patterns_seat
        if name in above.children:
            where = f"{above.kind.__name__} [{above.id}]" if above.id else above.kind.__name__
            raise RuntimeError(f"There is already a Construct with name '{name}' in {where}")
        self._waiting.append(construct)
        self.give_seat(kind, construct, scope, name)
        return True

    def give_seat(self, kind: type, construct: Any, scope: Any, name: str) -> None:
        """Let a construct, which may be made already, stand below ``scope``."""
        seat: Seat = scope._patterns_seat
        seat.children[name] = construct
        object.__setattr__(construct, "_patterns_seat", Seat(self, kind, scope, name))


class CanWait:
    """A construct that Node need not know from the beginning; asked for its reference in Node, it is made."""

    # asking for `__dict__` would make one for each construct, which Python's collector then walks through
    _patterns_seat: Seat | None = None
    #: what jsii knows it by, once it is made in Node
    _patterns_reference: Any = None
    #: what is known of the error with which its ``__init__`` ended, and which somebody caught
    _patterns_half_made: Any = None

    @property
    def __jsii_ref__(self) -> Any:
        tree = tree_of(self)
        if tree is not None:
            try:
                tree.make()
            except AttributeError as error:
                # `hasattr` would take it for an answer
                raise RuntimeError(f"not every construct of the tree can be made in Node: {error}") from error
        if self._patterns_reference is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute '__jsii_ref__'")
        return self._patterns_reference

    @__jsii_ref__.setter
    def __jsii_ref__(self, reference: Any) -> None:
        object.__setattr__(self, "_patterns_reference", reference)

    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]:
        # a copy has the same object in Node, which has to be there
        tree = tree_of(self)
        if tree is not None:
            tree.make()
        return super().__reduce_ex__(protocol)

    def _patterns_props(self) -> tuple[object, ...]:
        """What its class in Node takes behind scope and id."""
        return ()


class Notes(Generic[T]):
    """What is known of some constructs beside their place.

    Of a construct below a root of ours it is known as long as the tree is there. Somebody else's constructs are kept by
    Node until the process ends, and so are the notes on them: their wrappers in Python come and go.
    """

    def __init__(self) -> None:
        self._of_others: dict[Hashable, T] = {}

    def get(self, construct: Any) -> T | None:
        """The note on the construct."""
        seat = seat_of(construct)
        if seat is None:
            return self._of_others.get(reference_of(construct))
        notes = seat.tree.notes.get(self)
        return None if notes is None else notes.get(seat)

    def may_be_above(self, construct: Any) -> bool:
        """Whether it is worth looking for one on the construct and what is above it."""
        seat = seat_of(construct)
        return seat is None or self in seat.tree.notes

    def keep(self, construct: Any, note: T) -> T:
        """Remember the note."""
        seat = seat_of(construct)
        if seat is None:
            self._of_others[reference_of(construct)] = note
        else:
            seat.tree.notes.setdefault(self, {})[seat] = note
        return note


def seat_of(construct: Any) -> Seat | None:
    """Where it stands, if that is below a root of ours and it is ours itself."""
    # not `getattr`: somebody else's construct may hand on to one of ours what it does not know
    return construct._patterns_seat if isinstance(construct, CanWait) else None


def tree_of(construct: Any) -> Tree | None:
    """The tree that the construct stands in, where it waits."""
    seat = seat_of(construct)
    return seat.tree if seat is not None and seat.tree.waits else None


def when_made(root: Any, call: Callable[[], object]) -> None:
    """Call what asks Node when the tree below ``root`` is made: now, or with the first question."""
    tree = tree_of(root)
    if tree is None:
        call()
    else:
        tree.then.append(call)


def reference_of(construct: Any) -> Hashable:
    """What is equal for every Python wrapper of one object, and never used again."""
    seat = seat_of(construct)
    reference: Hashable = construct.__jsii_ref__.ref if seat is None else seat
    return reference


def is_made(construct: object) -> bool:
    """Whether it is a construct that stands in a tree, be it one that waits."""
    if isinstance(construct, CanWait):
        return construct._patterns_seat is not None or construct._patterns_reference is not None
    return hasattr(construct, "__jsii_ref__")


def preorder(construct: Any) -> Iterator[Any]:
    """The construct and all below it, as ``node.find_all()`` of a tree that waits would give them."""
    yield construct
    children: dict[str, Any] = construct._patterns_seat.children
    numbers = [name for name in children if _is_index(name)]
    for name in sorted(numbers, key=int):
        yield from preorder(children[name])
    for name, child in children.items():
        if not numbers or not _is_index(name):
            yield from preorder(child)


def _is_index(name: str) -> bool:
    """Whether JavaScript takes a name for an index: those come first in its objects, by their number."""
    short = len(name) <= len(str(_MOST))
    return short and name.isascii() and name.isdigit() and (name == "0" or name[0] != "0") and int(name) <= _MOST

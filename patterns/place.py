"""Where a construct stands in the tree, as far as it is known in Python, which needs no message to Node.

A construct that somebody else made is asked once, and the answers are kept by its jsii reference: a Python wrapper of a
JavaScript object may be a new one at every access.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable
from functools import cache
from typing import TYPE_CHECKING, Any

from patterns.errors import Conflict, InvalidValue, NotFound, WrongType
from patterns.model.frozen import encodable
from patterns.node import find_node

# Node's environment is that of the moment when it starts, which is now: cdk8s asks it for this variable at every name
LEGACY_HASH = bool(os.environ.get("CDK8S_LEGACY_HASH"))

find_node()

import cdk8s  # noqa: E402  # importing it starts Node, which find_node has to find before
import constructs  # noqa: E402
import jsii  # noqa: E402

from patterns.waiting import CanWait, Notes, Place, is_made, node_id, reference_of, seat_of  # noqa: E402

if TYPE_CHECKING:
    from patterns.default import Defaults

AnyConstruct = constructs.IConstruct


class Refused(Conflict, RuntimeError):
    """What cdk8s itself refuses, such as a second construct of one id; a ``RuntimeError`` as under plain cdk8s."""


#: of constructs that have no seat
_places: dict[Hashable, Place] = {}
_defaults: Notes[Defaults] = Notes()
_targets: Notes[int] = Notes()


def path_of(construct: AnyConstruct) -> str:
    """``construct.node.path``: the ids from below the root down, joined by ``/``."""
    place = _place(construct)
    if place.path is None:
        if place.id is None or place.scope is None:
            place.path = _node(construct, place).path
        else:
            place.path = join(path_of(place.scope), place.id)
    return place.path


def scope_of(construct: AnyConstruct) -> AnyConstruct | None:
    """``construct.node.scope``: the construct above; None at the root."""
    place = _place(construct)
    if place.scope is None and place.root is None:
        place.scope = _node(construct, place).scope
        if place.scope is None:
            place.root = construct
    return place.scope


def root_of(construct: AnyConstruct) -> AnyConstruct:
    """``construct.node.root``: an App, as a rule."""
    place = _place(construct)
    if place.root is None:
        own = place.id is not None and place.scope is not None
        place.root = root_of(place.scope) if own and place.scope else _node(construct, place).root
    return place.root


def chart_of(construct: AnyConstruct) -> cdk8s.Chart:
    """The chart that the construct is in; a chart is in itself.

    Raises:
        NotFound: when there is no chart above.
    """
    place = _place(construct)
    if place.chart is None:
        if is_a(construct, cdk8s.Chart):
            place.chart = construct  # type: ignore[assignment]  # a chart, or a proxy that answers as one
        elif place.id is not None and place.scope is not None:
            place.chart = chart_of(place.scope)
        else:
            try:
                place.chart = cdk8s.Chart.of(construct)
            except RuntimeError:
                raise NotFound(f"{path_of(construct) or 'the app'!r} is in no chart; place it in a Chart") from None
    assert place.chart is not None
    return place.chart


def keep_chart(construct: AnyConstruct, chart: cdk8s.Chart) -> None:
    """Remember the chart that a construct is in."""
    _place(construct).chart = chart


def is_known(construct: AnyConstruct) -> bool:
    """Whether the construct's chart can be told without a question to Node."""
    place = _known(construct)
    return place is not None and (place.chart is not None or (place.scope is not None and is_known(place.scope)))


def defaults_of(construct: AnyConstruct) -> list[Defaults]:
    """The replacements of defaults that hold for the construct, the nearest first."""
    found = []
    above: AnyConstruct | None = construct if _defaults.may_be_above(construct) else None
    while above is not None:
        replacements = _defaults.get(above)
        if replacements is not None:
            found.append(replacements)
        above = scope_of(above)
    return found


def keep_defaults(construct: AnyConstruct, replacements: Defaults) -> None:
    """Let replacements of defaults, which nobody else has, hold for the construct and for everything below it."""
    if replacements:
        _defaults.keep(construct, replacements)


def keep_target(root: AnyConstruct, minor: int) -> None:
    """Remember the minor version of the clusters that the root's manifests are for."""
    _targets.keep(root, minor)


def target_of(construct: AnyConstruct) -> int | None:
    """The minor version of the clusters that the construct's manifests are for; ``None`` under a plain root."""
    return _targets.get(root_of(construct))


def is_a(construct: object, kind: type) -> bool:
    """``isinstance`` that looks through jsii's proxies of objects whose class has no name in Python."""
    if isinstance(construct, kind):
        return True
    delegates = getattr(construct, "_delegates", None)
    return delegates is not None and any(isinstance(delegate, kind) for delegate in delegates)


def overrides(construct: object, kind: type, name: str) -> bool:
    """Whether the construct's Python class has a member of its own where ``kind`` has one of Node's."""
    original = getattr(kind, name)
    return getattr(type(construct), name, original) is not original


def join(above: str, id: str) -> str:
    """The path of a construct: what constructs makes of its id, below what is above."""
    return f"{above}/{node_id(id)}" if above else node_id(id)


def is_scope(scope: object) -> bool:
    """Whether it is a construct that stands in a tree."""
    if isinstance(scope, constructs.Construct):
        return is_made(scope)
    # Node's answer for a construct whose class has no name in Python; a class, and much else, has a node of its own
    return not isinstance(scope, type) and isinstance(getattr(scope, "node", None), constructs.Node)


def check_place(scope: object, id: object) -> None:
    """Refuse a scope that is no construct, and an id that is no name; with checks that ``-O`` keeps."""
    if type(id) is str and id and id.isascii() and seat_of(scope) is not None:
        # nearly always
        return
    if not isinstance(id, str):
        raise WrongType(f"id must be a string, got {type(id).__name__}")
    if not is_scope(scope):
        if isinstance(scope, constructs.Construct):
            kind = type(scope).__name__
            raise WrongType(
                f"scope must stand in a tree, and the {kind} does not yet; call its super().__init__() first"
            )
        got = f"the class {scope.__name__}" if isinstance(scope, type) else type(scope).__name__
        raise WrongType(f"scope must be the construct to place it in, got {got}; inside a construct that is self")
    if not id:
        raise InvalidValue("id must not be empty; it is unique among the constructs of one scope")
    if not encodable(id):
        raise InvalidValue(f"id must be text that a file can carry, got half of a surrogate pair in {id!r}")


class _Making(threading.local):
    def __init__(self) -> None:
        self.constructs: list[Any] = []


#: what this thread makes: constructs that stand in a tree, and whose ``__init__`` has not ended; their metaclass takes
#: them out
MAKING = _Making()


def create(kind: type, self: Any, scope: AnyConstruct, id: str) -> None:
    """Make the construct: in Node by one message, or in Python until somebody asks Node.

    Args:
        kind: its class in Node.
        self: the construct.
        scope: what it is placed in.
        id: its own.

    Raises:
        WrongType: when scope or id are none, and where the construct has a place already.
        Refused: when there is a construct of that id already, or the scope is locked.
    """
    check_place(scope, id)
    if is_made(self):
        raise WrongType(
            f"super().__init__() must be called once, got a call with the id {id!r} when {path_of(self)!r} was placed; "
            "leave out one of the two"
        )
    above = seat_of(scope)
    try:
        if above is None or _notices(self.__class__, kind) or not above.tree.let_wait(kind, self, scope, id):
            jsii.create(kind, self, [scope, id, *self._patterns_props()])
            _keep_place(self, kind, scope, id)
    except RuntimeError as error:
        raised = raised_in_python(error)
        if raised is not None:
            raise raised from None
        raise Refused(str(error).removeprefix("Error: ")) from None
    MAKING.constructs.append(self)


#: what Node asks a chart for each object; the answer may depend on when it asks
_ASKED = ("generate_object_name", "labels", "namespace")


@cache
def _notices(cls: type, kind: type) -> bool:
    """Whether a class of a user's would notice that Node does not know the construct yet.

    That is a chart which answers Node by itself, or a construct which says what is done with a new attribute, such as
    the reference in Node.
    """
    owner = next(above for above in cls.__mro__ if "__setattr__" in vars(above))
    if owner is not object and not owner.__module__.startswith("patterns."):
        return True
    return kind is cdk8s.Chart and any(getattr(cls, name) is not getattr(kind, name) for name in _ASKED)


def _keep_place(construct: Any, kind: type, scope: AnyConstruct, id: str) -> None:
    """Remember where a construct stands that Node knows."""
    above = seat_of(scope)
    # newlines in ids are treated by some versions of constructs only, so Node is asked there
    name = None if "\n" in id else node_id(id)
    if above is None or name is None:
        _places[reference_of(construct)] = Place(scope, name)
    else:
        above.tree.give_seat(kind, construct, scope, name)


def raised_in_python(error: BaseException) -> Exception | None:
    """The exception that user code raised when Node called it back; jsii reports it to Node, and loses its type.

    jsii sends it while it handles it, so that Node's complaint has it as its context.
    """
    found: Exception | None = None
    context = error.__context__
    while context is not None:
        # an exception that the user was handling anyway, when he called us, was not caught by jsii
        caught = context.__traceback__.tb_frame.f_code if context.__traceback__ else None
        if isinstance(context, Exception) and caught is not None and caught.co_name == "_callback_till_result":
            found = context
        context = context.__context__
    return found


def _place(construct: AnyConstruct) -> Place:
    # as `seat_of` does; it is asked a hundred times for each pod
    seat = construct._patterns_seat if isinstance(construct, CanWait) else None
    place = seat or _known(construct)
    if place is None:
        place = _places[reference_of(construct)] = Place(None, None)
    return place


def _known(construct: AnyConstruct) -> Place | None:
    return seat_of(construct) or _places.get(reference_of(construct))


def _node(construct: AnyConstruct, place: Place) -> constructs.Node:
    if place.node is None:
        place.node = construct.node
    return place.node

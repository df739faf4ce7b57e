"""Values that are one Kubernetes type, rendered from their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import ClassVar, cast

from patterns.errors import Conflict, InvalidValue
from patterns.model.derived import wholly_ours
from patterns.model.fields import KUBERNETES, checked, fields_of, nearest
from patterns.model.frozen import NOTHING, FrozenMap, thaw, written
from patterns.model.json import Json, JsonObject
from patterns.model.spelling import camel_case
from patterns.model.value import Value, dataclass, is_ours

_RENDERED: dict[type, tuple[tuple[str, str], ...]] = {}


@dataclass(frozen=True, kw_only=True)
class ApiValue(Value):
    """A value of one Kubernetes type: every field is the snake_case of its field there, in the order people write.

    Args:
        extra: further fields in Kubernetes' own JSON, such as an alpha field that has no option here. Names are checked
            against Kubernetes 1.37; what has an option is refused. It is rendered last.
    """

    #: short name of the Kubernetes type
    kubernetes: ClassVar[str] = ""
    #: JSON names where the mechanical rule does not hold; an empty one is not rendered
    json_names: ClassVar[Mapping[str, str]] = {}
    #: JSON names that a field renders beside its own, and that field
    also: ClassVar[Mapping[str, str]] = {}

    extra: Mapping[str, Json] = NOTHING

    def render(self) -> JsonObject:
        """Plain Kubernetes JSON, fresh at every call; empty fields are left out."""
        return self._rendered(rendered)

    def render_shared(self) -> JsonObject:
        """The same, kept with the value and not to be changed: it stands in many pods. Plain, whoever renders it."""
        # in a place of its own: `derived` would do, and take a thirtieth of a large app's time
        known: JsonObject | None = self.__dict__.get("_json")
        if known is not None:
            return known
        if not wholly_ours(self):
            return plain(self)
        made = self._rendered(_shared) if type(self).render is ApiValue.render else self.render()
        object.__setattr__(self, "_json", made)
        return made

    def _rendered(self, part: Callable[[object], Json]) -> JsonObject:
        values = self.__dict__
        result: JsonObject = {}
        for name, key in rendered_fields(type(self)):
            value = values[name]
            if value is None:
                continue
            kind = type(value)
            if kind is str or kind is int or kind is bool:
                result[key] = value
            elif kind is FrozenMap:
                if value:
                    result[key] = {k: part(v) for k, v in value.items() if v is not None}
            elif kind is not tuple or value:
                result[key] = part(value)
        if self.extra is not NOTHING:
            self.add_extra(result)
        return result

    def add_extra(self, result: JsonObject) -> None:
        """Put the further fields behind the rendered ones."""
        for key, value in self.extra.items():
            if key in result:
                raise Conflict(f"extra: {key} is rendered already; write it once")
            if value is not None:
                result[key] = written(value)

    def check_extra(self) -> None:
        """Raises: InvalidValue for a name that Kubernetes does not know, or that has an option here."""
        if self.extra is not NOTHING:
            _check_extra(type(self), self.extra)


def rendered_fields(cls: type[ApiValue]) -> tuple[tuple[str, str], ...]:
    """The fields of a value with their JSON names, in order."""
    found = _RENDERED.get(cls)
    if found is None:
        names = [(f.name, cls.json_names.get(f.name, camel_case(f.name))) for f in fields(cls) if f.name != "extra"]
        found = _RENDERED[cls] = tuple((name, key) for name, key in names if key)
    return found


def own_names(cls: type[ApiValue]) -> dict[str, str]:
    """Every JSON name that the value's own fields render, with the field."""
    return {**{key: name for name, key in rendered_fields(cls)}, **cls.also}


def rendered(value: object) -> Json:
    """Plain JSON of what a field may hold."""
    kind = type(value)
    if kind is str:
        return cast("str", value)
    if isinstance(value, Value):
        return plain(value)
    if isinstance(value, tuple):
        return [rendered(item) for item in value]
    if kind is FrozenMap:
        value = cast("FrozenMap[object]", value)
        return {key: rendered(item) for key, item in value.items() if item is not None}
    # kinds of int that are more than a number, such as a file mode, are numbers in JSON
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else written(value)


def plain(value: Value) -> JsonObject:
    """`render()`, of which nobody has to look whether it is plain JSON: what a class of a user's gives is made so."""
    if is_ours(type(value)):
        return value.render()
    # hardly anybody needs it, and it imports datetime
    from patterns.model.plain_json import plain_object

    return plain_object(value.render(), f"render() of {type(value).__name__}")


def _shared(value: object) -> Json:
    """`rendered`, with what is kept of values."""
    if isinstance(value, ApiValue):
        return value.render_shared()
    if isinstance(value, tuple):
        return [_shared(item) for item in value]
    return rendered(value)


def _check_extra(cls: type[ApiValue], extra: Mapping[str, Json]) -> None:
    known = fields_of(cls.kubernetes)
    own = own_names(cls)
    for key, value in extra.items():
        if key in own:
            raise InvalidValue(f"extra: {key} is an option of {cls.__name__}; write {own[key]}=... instead")
        if key not in known:
            near = nearest(key, known)
            hint = f"; did you mean {near!r}" if near else ""
            if near in own:
                hint = f"; write {own[near]}=... instead"
            raise InvalidValue(f"extra: Kubernetes {KUBERNETES} knows no field {key!r} in {cls.kubernetes}{hint}")
        problem = checked(cls.kubernetes, {key: thaw(value)})
        if problem:
            raise InvalidValue(f"extra: {problem}")

"""Custom resolvers of an app on our own objects: called as cdk8s calls them, and paid for only where there are any."""

from __future__ import annotations

from collections.abc import Sequence

from patterns import place
from patterns.model.json import JsonObject
from patterns.model.plain_json import plain_object
from patterns.waiting import Notes

import cdk8s  # isort: skip  # after patterns.tree, which finds Node

_BUILT_IN = (cdk8s.LazyResolver, cdk8s.ImplicitTokenResolver, cdk8s.NumberStringUnionResolver)

_custom: Notes[list[cdk8s.IResolver]] = Notes()


def custom_resolvers(construct: place.AnyConstruct) -> list[cdk8s.IResolver]:
    """The resolvers that the user gave to the app; an app is asked once."""
    root = place.root_of(construct)
    known = _custom.get(root)
    if known is None:
        every = root.resolvers if isinstance(root, cdk8s.App) else []
        # plain JSON is nothing to the built-in ones
        known = _custom.keep(root, [resolver for resolver in every if type(resolver) not in _BUILT_IN])
    return known


def keep_resolvers(app: cdk8s.App, resolvers: Sequence[cdk8s.IResolver]) -> None:
    """Remember the custom resolvers of an app, so that it need not be asked."""
    _custom.keep(app, list(resolvers))


def resolved(obj: cdk8s.ApiObject, document: JsonObject, resolvers: Sequence[cdk8s.IResolver]) -> JsonObject:
    """What the resolvers make of the document, as `cdk8s.ApiObject` would ask them: containers before what they hold.

    Raises:
        WrongType: when a resolver gives what JSON does not have.
    """
    result = _resolved(obj, [], document, resolvers)
    return plain_object(result if isinstance(result, dict) else {}, "resolved")


def _resolved(obj: cdk8s.ApiObject, key: list[str], value: object, resolvers: Sequence[cdk8s.IResolver]) -> object:
    if value is None:
        return None
    plain = isinstance(value, (bool, int, float, str, list, dict))
    context = cdk8s.ResolutionContext(obj, key, value)
    for resolver in resolvers if plain else [*resolvers, *(built_in() for built_in in _BUILT_IN)]:
        resolver.resolve(context)
        if context.replaced:
            return _resolved(obj, key, context.replaced_value, resolvers)
    if isinstance(value, list):
        return [_resolved(obj, [*key, str(at)], item, resolvers) for at, item in enumerate(value)]
    if isinstance(value, dict):
        return {name: _resolved(obj, [*key, name], item, resolvers) for name, item in value.items()}
    return value

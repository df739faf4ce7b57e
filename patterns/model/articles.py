"""Nouns in messages: with an article, in a row, and in the plural."""

from __future__ import annotations

from collections.abc import Sequence


def a(noun: str) -> str:
    """The noun with its article: ``a Probe``, ``an EnvVar``."""
    if noun == "NoneType":
        return "None"
    return f"{'an' if noun[0] in 'AEIOaeio' or noun.startswith('Http') else 'a'} {noun}"


def either(words: Sequence[str]) -> str:
    """The words in a row: ``a, b or c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def plural(words: Sequence[str]) -> str:
    """What the entries of a collection are: ``str``, ``int or ContainerPort``."""
    return either([word.removeprefix("an ").removeprefix("a ") for word in words])

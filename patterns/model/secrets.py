"""Which literal text looks like a secret: it would end in a repository with the rendered YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from patterns.errors import InvalidValue

#: what a secret's name ends in, as words
_ENDINGS = frozenset(
    [
        "PASSWORD",
        "PASSWD",
        "PASSPHRASE",
        "TOKEN",
        "SECRET",
        "BEARER",
        "APIKEY",
        "CREDENTIAL",
        "CREDENTIALS",
        "ACCESS_KEY",
        "API_KEY",
        "PRIVATE_KEY",
        "SECRET_KEY",
        "SIGNING_KEY",
        "ENCRYPTION_KEY",
        "ACCOUNT_KEY",
        "STORAGE_KEY",
        "MASTER_KEY",
        "AUTH_KEY",
        "SECRET_KEY_BASE",
        "PASSWORD_HASH",
    ]
)
#: values that no secret has: switches, small numbers, paths, addresses, references that something else resolves
_NO_SECRET = (
    r"(?i:true|false|yes|no|on|off|none|null|auto|default|enabled|disabled|required|optional|\d{1,5})|"
    r"[./~]\S*/\S*|/\S+|\$\([^)]*\)|\$\{[^}]*\}|(?:https?|file|vault|arn|op|env|secretref|ref\+\w+):\S+"
)
_PRIVATE_KEY = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"
#: what well-known tokens begin with
_TOKENS = (
    r"(?:ghp|gho|ghs|ghu)_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk_live_\w{10,}|"
    r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
#: scheme://user:password@host, where the password is no reference
_ADDRESS = r"[a-z][a-z0-9+.-]*://[^\s:/@]*:(?!\$[({]|<)[^\s:/@]+@[^\s@]+"


def is_secret_name(name: str) -> bool:
    """Whether a variable or flag of this name usually holds a secret: ``DB_PASSWORD``, not ``PASSWORD_FILE``."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    words = re.split(r"[-._]+", spaced.upper())
    while words and words[-1].isdigit():
        words.pop()
    if any("_".join(words[-count:]) in _ENDINGS for count in (1, 2, 3)):
        return True
    return words[:1] == ["AZURE"] and words[-1:] == ["KEY"]


def is_secret_value(value: str) -> str:
    """What the text is, where it can only be a secret; empty where it need not be one."""
    if len(value) < 10:
        return ""
    if "PRIVATE KEY" in value and re.search(_PRIVATE_KEY, value):
        return "a private key"
    if "://" in value and re.search(_ADDRESS, value):
        return "an address with a password"
    return "a token" if re.search(_TOKENS, value) else ""


def is_literal_secret(name: str, value: str) -> bool:
    """Whether the text is the secret itself: not empty, no switch, no path, no reference to another place."""
    return bool(value.strip()) and is_secret_name(name) and re.fullmatch(_NO_SECRET, value.strip()) is None


def check_variable(name: str, value: str) -> None:
    """Raises: InvalidValue for a literal that looks like a secret."""
    found = is_secret_value(value)
    if not found and is_literal_secret(name, value):
        found = "a literal secret by its name"
    if found:
        raise InvalidValue(
            f"value of {name!r} is {found}, and would stand in the rendered YAML; write SecretKey(<Secret>, <key>) "
            'instead, or EnvVar(..., not_secret="<reason>") where it is none'
        )


def check_words(words: Iterable[str], what: str) -> None:
    """Raises: InvalidValue for an argument such as ``--token=abc``, or a private key."""
    flag = ""
    for index, word in enumerate(words):
        name, equals, value = word.partition("=")
        found = is_secret_value(word)
        if not found and flag and not word.startswith("-") and is_literal_secret(flag.lstrip("-"), word):
            found = f"the literal value of {flag}"
        if not found and equals and name.startswith("-") and is_literal_secret(name.lstrip("-"), value):
            found = f"the literal value of {name}"
        if found:
            raise InvalidValue(
                f"{what}[{index}] holds {found}, and would stand in the rendered YAML; put it into env as "
                'SecretKey(<Secret>, <key>) and write $(NAME) here, or give not_secret="<reason>" where it is none'
            )
        flag = word if word.startswith("--") and not equals else ""

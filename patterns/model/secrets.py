"""Which literal text looks like a secret: it would end in a repository with the rendered YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from patterns.errors import InvalidValue

#: what a secret's name ends in, as words
_ENDINGS = frozenset(
    [
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
        # of Redis, of its client, and of images that read a password under a shorter name
        "REQUIREPASS",
        "MASTERAUTH",
        "REDISCLI_AUTH",
        "DB_PASS",
        "SMTP_PASS",
        "MYSQL_PASS",
        "REDIS_PASS",
        "RABBITMQ_DEFAULT_PASS",
    ]
)
#: also without a mark before them: ``PGPASSWORD``
_PASSWORDS = ("PASSWORD", "PASSWD", "PASSPHRASE")
#: what a switch begins with: ``--no-password``, ``ALLOW_EMPTY_PASSWORD``
_SWITCHES = frozenset(["ALLOW", "DISABLE", "ENABLE", "NO", "REQUIRE", "SKIP", "USE", "WITH", "WITHOUT"])
#: tokens that are parts of a text, and Secrets by their names
_NAMES_OF_OTHER_THINGS = frozenset(
    f"{word}_TOKEN"
    for word in ("BEGIN", "BOS", "CLS", "END", "EOF", "EOS", "MASK", "PAD", "SEP", "SPECIAL", "START", "STOP", "UNK")
) | {"PULL_SECRET", "TLS_SECRET"}
#: values that no secret has: switches, small numbers, paths, addresses, placeholders, references to other places
_NO_SECRET = (
    r"(?i:true|false|yes|no|on|off|none|null|auto|default|enabled|disabled|required|optional|\d{1,5})|"
    r"[./~]\S*/\S*|/\S+|\$\([^)]*\)|\$\{[^}]*\}|\$\w+|.*\$\([A-Za-z_][\w.-]*\).*|%\(.*|<[^>]*>|\{\{.*\}\}|\*+|"
    r"(?:https?|file|vault|arn|op|env|secretref|ref\+\w+):\S+"
)
_PRIVATE_KEY = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----"
#: what well-known tokens begin with
_TOKENS = (
    r"(?:ghp|gho|ghs|ghu)_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}|sk_live_\w{10,}|"
    r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
)
#: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
_ACCESS_KEY = r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"
#: scheme://user:password@host, where the password is no reference; no look at each letter of a long word
_ADDRESS = r"(?i)(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*://[^\s:/@]*:(?![$<{*]|%[(s])[^\s:/@]+@[^\s@]+"
#: ``?password=`` of an address
_QUERY = r"(?i)[?&;](?:password|passwd|pwd)=([^\s&;#]+)"
#: a header as text, and what stands in one; a digit tells a login from words about it
_HEADER = r"(?i)authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+(?=[^\s\"']*\d)[\w.~+/-]{6,}"
_LOGIN = r"(?i:bearer)\s+(?=\S*\d)[\w.~+/-]{8,}=*"
_SCHEMES = ("basic", "bearer", "digest", "negotiate", "token")
#: ``Server=db;Password=abc`` and ``host=db password=abc``
_SETTINGS = (r"[\w ]+=[^;]*(?:;[\w ]+=[^;]*)+;?\s*", r"\w+=\S+(?:\s+\w+=\S+)+\s*")
#: in a script: ``NAME=value`` and ``--flag=value``, where the value is no expansion
_ASSIGNED = re.compile(
    r"(?:^|[\s;&|('\"])(--?[A-Za-z][\w.-]*|[A-Z][A-Z0-9_]*)=(?:\"([^\"\s$`]+)\"|'([^'\s]+)'|([^\s;&|()'\"$`]+)(?=[\s;&|)'\"]|$))"
)


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether a variable or flag of this name usually holds a secret: ``DB_PASSWORD``, not ``PASSWORD_FILE``."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    words = [word for word in re.split(r"[-._]+", spaced.upper()) if word]
    while words and words[-1].isdigit():
        words.pop()
    if not words or words[0] in _SWITCHES or "_".join(words[-2:]) in _NAMES_OF_OTHER_THINGS:
        return False
    if words[-1].endswith(_PASSWORDS) or any("_".join(words[-count:]) in _ENDINGS for count in (1, 2, 3)):
        return True
    # PWD alone is a directory
    return (words[0] == "AZURE" and words[-1] == "KEY") or (len(words) > 1 and words[-1] == "PWD" and words[0] != "OLD")


@lru_cache(maxsize=1024)
def is_secret_value(value: str) -> str:
    """What the text is, where it can only be a secret; empty where it need not be one."""
    if len(value) < 10:
        return ""
    if "PRIVATE KEY" in value and re.search(_PRIVATE_KEY, value):
        return "a private key"
    if "://" in value and (re.search(_ADDRESS, value) or any(map(_is_literal, re.findall(_QUERY, value)))):
        return "an address with a password"
    if re.search(_HEADER, value) or re.fullmatch(_LOGIN, value) or _is_basic(value):
        return "a login"
    if "=" in value and _has_password(value):
        return "a connection with a password"
    if re.search(_ACCESS_KEY, value):
        return "an access key"
    return "a token" if re.search(_TOKENS, value) else ""


def _is_basic(value: str) -> bool:
    if value[:6].lower() != "basic ":
        return False
    # a slow import that hardly anybody needs
    from base64 import b64decode

    try:
        return b":" in b64decode(value[6:].strip(), validate=True)
    except ValueError:
        return False


def _has_password(value: str) -> bool:
    for form, between in zip(_SETTINGS, (";", None), strict=True):
        if re.fullmatch(form, value):
            for pair in value.split(between):
                name, _, text = pair.partition("=")
                # what holds brackets or quotes is code that looks alike
                if (
                    name.strip().lower() in ("password", "pwd")
                    and _is_literal(text)
                    and not re.search(r"[()\[\]{}$`]", text)
                ):
                    return True
    return False


def is_literal_secret(name: str, value: str) -> bool:
    """Whether the text is the secret itself: not empty, no switch, no path, no reference to another place."""
    if not _is_literal(value) or not is_secret_name(name):
        return False
    # the name of a cookie or header: csrf_token, X-CSRF-Token
    of_a_form = re.search("(?i)[cx]srf[-_.]?token$", name)
    return of_a_form is None or re.fullmatch("[A-Za-z_-]+", value.strip()) is None


def _is_literal(value: str) -> bool:
    return bool(value.strip()) and re.fullmatch(_NO_SECRET, value.strip()) is None


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


def check_words(words: Iterable[str], what: str, *, expanded: bool = True) -> None:
    """Raises: InvalidValue for an argument such as ``--token=abc``, or a private key.

    ``expanded`` says whether Kubernetes puts the value of a variable in the place of ``$(NAME)``.
    """
    flag = ""
    for index, word in enumerate(words):
        found = is_secret_value(word)
        if not found and flag and not word.startswith("-") and is_literal_secret(flag.lstrip("-"), word):
            found = f"the literal value of {flag}"
        if not found and "=" in word:
            found = _assigned(word)
        if found:
            use = "write $(NAME) here" if expanded else 'let a shell read it: ["sh", "-c", "... $NAME"]'
            raise InvalidValue(
                f"{what}[{index}] holds {found}, and would stand in the rendered YAML; put it into env as "
                f'SecretKey(<Secret>, <key>) and {use}, or give not_secret="<reason>" where it is none'
            )
        flag = word if word.startswith("-") and "=" not in word else ""


@lru_cache(maxsize=1024)
def _assigned(word: str) -> str:
    name, _, value = word.partition("=")
    if not re.search(r"\s", name):
        # one argument, in which blanks and quotes are part of the value
        one = name.startswith("-") or re.fullmatch("[A-Z][A-Z0-9_]*", name) is not None
        if one and not re.search(r"\s", value):
            return f"the literal value of {name}" if is_literal_secret(name.lstrip("-"), value) else ""
    for found in _ASSIGNED.finditer(word):
        if is_literal_secret(found[1].lstrip("-"), found[2] or found[3] or found[4]):
            return f"the literal value of {found[1]}"
    return ""


def check_header(name: str, value: str) -> None:
    """Raises: InvalidValue for a header of a probe that logs in: Kubernetes has no way to take it from a Secret."""
    words = value.split()
    found = is_secret_value(value)
    if not found and name.lower() in ("authorization", "proxy-authorization"):
        found = "a login" if words and words[-1].lower() not in _SCHEMES and _is_literal(words[-1]) else ""
    elif not found and is_literal_secret(name, value):
        found = "a literal secret by its name"
    if found:
        raise InvalidValue(
            f"value of {name!r} is {found}, and would stand in the rendered YAML; ask a path that needs none, or use "
            'Exec and a variable of a Secret, or give not_secret="<reason>" where it is none'
        )


def check_query(path: str) -> None:
    """Raises: InvalidValue for a path such as ``/health?token=abc``."""
    for pair in re.split("[?&]", path)[1:]:
        name, _, value = pair.partition("=")
        if is_literal_secret(name, value):
            raise InvalidValue(
                f"path holds the literal value of {name}, and would stand in the rendered YAML; ask a path that needs "
                'none, or use Exec and a variable of a Secret, or give not_secret="<reason>" where it is none'
            )


def check_reason(not_secret: str | None) -> bool:
    """Whether a reason is given. Raises: InvalidValue for one without words."""
    if not_secret is not None and not not_secret.strip():
        raise InvalidValue(f"not_secret must give the reason why it is no secret, got {not_secret!r}")
    return not_secret is not None

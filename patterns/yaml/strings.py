"""How one string is written: bare, in double quotes, or as a literal block.

Every choice is the narrowest of four readers: kubectl (``sigs.k8s.io/yaml``: YAML 1.1 of go-yaml v2, which also knows
``0o644``), PyYAML, ruamel.yaml by YAML 1.1 and by YAML 1.2. Where one of them would read something else than the
string, it is quoted.
"""

from __future__ import annotations

import re

#: Raw in no style: controls, what some reader takes for a line break (U+0085, U+2028, U+2029), and what a reviewer
#: cannot see: spaces other than the usual one, marks that turn the direction of text (https://trojansource.codes),
#: private use. A fixed list, because what `str.isprintable` says changes with Python's version.
_HIDDEN = (
    "\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xE0000, 0x10000))
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEEDS_BLOCK_ESCAPE = re.compile(f"[{_HIDDEN}]")
# the same for text of ASCII alone, which takes a tenth of the time
_ASCII_NEEDS_BLOCK_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_NEEDS_ESCAPE = re.compile(f'[{_HIDDEN}\t\n"\\\\]')

# A colon must not stand before a space or the end, a number sign not after a space, and nothing ends in a space.
_BARE = re.compile(
    rf"(?:[A-Za-z0-9_/$(.+\\;^<]|-(?=[!-~])|[^\x00-\x7e{_HIDDEN}])"
    rf"(?:[!-\"$-9;-~]|(?<! )#|:(?=[!-~])| +(?=[!-\"$-~])|[^\x00-\x7e{_HIDDEN}])*"
)
# Wider than any reader's own patterns on purpose: a bare word that looks like a number to a person is quoted as well.
_OTHER_TYPE = re.compile(
    r"""
      y|n|yes|no|on|off|true|false|null|<<
    | [-+]?\.(?:inf|nan)
    | [-+]?_*0_*[box][-+0-9a-f_.p]*                                          # 0o644, 0X1F, 0b-1
    | [-+]?[_,]*[0-9][0-9_,]*\.?[0-9_,]*(?:[ep][-+]?[0-9_]*)?                # 0644, 1_000, 1., 1e3, 79e2_
    | [-+]?[_,]*\.[_,]*[0-9][0-9_,]*(?:[ep][-+]?[0-9_]*)?                    # .5
    | [-+]?[0-9][0-9_]*(?::[0-9_]+)+(?:\.[0-9_]*)?                           # 1:20, base 60
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:t|\ ).*)?                          # 2024-01-01
    | (?:---|\.\.\.).*                                                       # begins or ends a document
    | [-+.]
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_ESCAPES = {"\0": "\\0", "\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_LINE_START = re.compile("\n(?=[^\n])")

#: Longest key, as written, in ``key: value``; readers stop looking for the colon after 1024 characters.
LONGEST_SIMPLE_KEY = 1000


def inline(text: str) -> str:
    """``text`` on one line: bare where every reader takes that for the same string, else in double quotes.

    Raises:
        UnicodeError: for a lone surrogate, which UTF-8 cannot carry.
    """
    if _BARE.fullmatch(text) and not _OTHER_TYPE.fullmatch(text):
        return text
    if _SURROGATE.search(text):
        raise UnicodeError(text)
    return f'"{_NEEDS_ESCAPE.sub(_escaped, text)}"'


def block(text: str, pad: str) -> str | None:
    """``text`` of several lines as a literal block whose lines begin with ``pad``, without its last line break.

    ``pad`` must be two spaces deeper than the parent. None where a reader would lose something: `inline` keeps it.
    """
    content = text.strip("\n")
    first, last = content.split("\n", 1)[0], content.rsplit("\n", 1)[-1]
    # A reader may take blanks in the first or last line for indentation.
    if not first.strip(" \t") or not last.strip(" \t"):
        return None
    if (_ASCII_NEEDS_BLOCK_ESCAPE if text.isascii() else _NEEDS_BLOCK_ESCAPE).search(text):
        return None
    # Without the number the first line's blanks would count as indentation, and kubectl refuses a leading tab.
    header = "|2" if first[0] in " \t" else "|"
    body = text if text[0] == "\n" else f"{pad}{text}"
    if "\n\n" in body or body[0] == "\n":
        body = _LINE_START.sub(f"\n{pad}", body)
    else:
        # no line is empty
        body = body[:-1].replace("\n", f"\n{pad}") + body[-1]
    if body[-1] != "\n":
        return f"{header}-\n{body}"
    return f"{header}+\n{body[:-1]}" if body[-2] == "\n" else f"{header}\n{body[:-1]}"


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    known = _ESCAPES.get(character)
    if known:
        return known
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

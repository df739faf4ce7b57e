"""Names, keys, ports and ids."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model.names import (
    annotation_key,
    config_map_key,
    dns_label,
    dns_subdomain,
    env_name,
    label_key,
    label_value,
    numeric_id,
    port,
    port_name,
    port_number,
    process_text,
    service_name,
    whole_number,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: dns_label("My_App"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got 'My_App'; write 'my-app'"
        ),
    ),
    (
        lambda: dns_label("日本"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got '日本'"
        ),
    ),
    (
        lambda: dns_label("é"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got 'é'"
        ),
    ),
    (
        lambda: dns_label("-a-"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got '-a-'; write 'a'"
        ),
    ),
    (
        lambda: dns_label("a.b"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got 'a.b'; write 'a-b'"
        ),
    ),
    (
        lambda: dns_label("a" * 64),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got "
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
        ),
    ),
    (
        lambda: dns_label(""),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got ''"
        ),
    ),
    (
        lambda: dns_label("a\n"),
        InvalidValue,
        (
            "name must be a DNS-1123 label (lower-case letters, digits and '-', at most 63, a letter "
            "or digit at both ends), got 'a\\n'; write 'a'"
        ),
    ),
    (lambda: dns_label(3), WrongType, "name must be a str, got int 3"),
    (
        lambda: dns_subdomain("My_App.Example"),
        InvalidValue,
        (
            "name must be a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', at most "
            "253, a letter or digit at both ends of each part), got 'My_App.Example'; write "
            "'my-app.example'"
        ),
    ),
    (
        lambda: dns_subdomain("a..b"),
        InvalidValue,
        (
            "name must be a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', at most "
            "253, a letter or digit at both ends of each part), got 'a..b'"
        ),
    ),
    (
        lambda: service_name("1web"),
        InvalidValue,
        (
            "name must be a DNS-1035 label (lower-case letters, digits and '-', at most 63, a letter "
            "first, a letter or digit last), got '1web'; write 'web'"
        ),
    ),
    (
        lambda: service_name("Web"),
        InvalidValue,
        (
            "name must be a DNS-1035 label (lower-case letters, digits and '-', at most 63, a letter "
            "first, a letter or digit last), got 'Web'; write 'web'"
        ),
    ),
    (
        lambda: label_key("a b"),
        InvalidValue,
        (
            "label key must be a name of at most 63 letters, digits, '-', '_' and '.', a letter or "
            "digit at both ends, after an optional DNS subdomain and '/', got 'a b'"
        ),
    ),
    (
        lambda: label_key("Example.com/a"),
        InvalidValue,
        (
            "label key must be a name of at most 63 letters, digits, '-', '_' and '.', a letter or "
            "digit at both ends, after an optional DNS subdomain and '/', got 'Example.com/a'"
        ),
    ),
    (
        lambda: label_key("/a"),
        InvalidValue,
        (
            "label key must be a name of at most 63 letters, digits, '-', '_' and '.', a letter or "
            "digit at both ends, after an optional DNS subdomain and '/', got '/a'"
        ),
    ),
    (
        lambda: label_value("a b"),
        InvalidValue,
        ("label value must be at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends, got 'a b'"),
    ),
    (
        lambda: label_value("a" * 64),
        InvalidValue,
        (
            "label value must be at most 63 letters, digits, '-', '_' and '.', a letter or digit at "
            "both ends, got 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
        ),
    ),
    (
        lambda: annotation_key("a b"),
        InvalidValue,
        (
            "annotation key must be a name of at most 63 letters, digits, '-', '_' and '.', a letter "
            "or digit at both ends, after an optional DNS subdomain and '/', got 'a b'"
        ),
    ),
    (
        lambda: config_map_key("a/b"),
        InvalidValue,
        (
            "key must be at most 253 letters, digits, '-', '_' and '.', and not '.' or begin with "
            "'..', got 'a/b'; a path goes into items={<key>: <path>} of a volume"
        ),
    ),
    (
        lambda: config_map_key("..a"),
        InvalidValue,
        ("key must be at most 253 letters, digits, '-', '_' and '.', and not '.' or begin with '..', got '..a'"),
    ),
    (
        lambda: config_map_key("a" * 254),
        InvalidValue,
        (
            "key must be at most 253 letters, digits, '-', '_' and '.', and not '.' or begin with "
            "'..', got "
            "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"
        ),
    ),
    (
        lambda: env_name("a.b"),
        InvalidValue,
        (
            "name must be a C identifier (letters, digits and '_', no digit first), got 'a.b'; write "
            "'a_b', or EnvVar(..., classic_name=True) where no shell reads it"
        ),
    ),
    (
        lambda: port_name("web_ui"),
        InvalidValue,
        (
            "name must be a port name (at most 15 lower-case letters, digits and single '-', with a "
            "letter, a letter or digit at both ends), got 'web_ui'; write 'web-ui'"
        ),
    ),
    (lambda: port_number(0), InvalidValue, "port must be 1-65535, got 0"),
    (lambda: port_number(True), WrongType, "port must be an int, got bool True"),
    (lambda: port("80"), InvalidValue, "port must be a number or a port name, got '80'; write 80"),
    (lambda: whole_number(-1, "replicas"), InvalidValue, "replicas must be at least 0, got -1"),
    (lambda: numeric_id(2**31, "run_as_user"), InvalidValue, "run_as_user must be 0-2147483647, got 2147483648"),
    (
        lambda: process_text("a\0", "args[0]"),
        InvalidValue,
        "args[0] must not hold a NUL character, which no process can take, got 'a\\x00'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


@pytest.mark.parametrize("name", ["a", "0", "a-b", "a" * 63])
def test_labels_of_dns(name: str) -> None:
    dns_label(name)
    dns_subdomain(f"{name}.{name}")


@pytest.mark.parametrize("key", ["a", "A.b_c-d", "example.com/A", "a" * 63])
def test_keys_of_labels(key: str) -> None:
    label_key(key)
    annotation_key(key)


def test_an_annotation_key_is_compared_in_lower_case() -> None:
    annotation_key("Example.com/a")


def test_other_good_names() -> None:
    service_name("web-1")
    label_value("")
    label_value("1.4.2_a")
    config_map_key("a.b_c-D")
    config_map_key(".bashrc")
    env_name("_a1")
    env_name("my.var-1", classic=True)
    port_name("http-2")
    port_number(65535)
    port("http")
    port(80)
    whole_number(0, "replicas")
    numeric_id(None, "run_as_user")
    process_text("a\nb\tc", "args[0]")

"""What looks like a secret, what nearly does, and how a user says that it is none."""

from __future__ import annotations

import time

import pytest

from patterns import InvalidValue
from patterns.model import Container, EnvVar, Exec, HttpGet, HttpHeader, Probe
from patterns.model.secrets import check_header, check_query, check_words, is_literal_secret, is_secret_value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN_URL", "abc"),
        ("PASSWORD_FILE", "abc"),
        ("SECRET_NAME", "abc"),
        ("TOKEN_PATH", "abc"),
        ("MAX_TOKENS", "4096"),
        ("DB_PASSWORD", ""),
        ("USE_TOKEN", "true"),
        ("TOKEN", "/var/run/token"),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "vault:secret/data/db#password"),
        ("ISSUER_TOKEN", "https://issuer.example.com"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("KEYBOARD", "qwerty"),
        ("TOKENIZER", "bpe"),
        ("COMPASS", "north"),
    ],
)
def test_no_false_alarm(name: str, value: str) -> None:
    assert not is_literal_secret(name, value)


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "dbPassword",
        "db.password",
        "API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "CLIENT_SECRET",
        "AZURE_STORAGE_KEY",
        "PASSWORD_2",
        "SECRET_KEY_BASE",
        "REDIS_PASSWD",
    ],
)
def test_a_name_of_a_secret_with_a_literal(name: str) -> None:
    assert is_literal_secret(name, "hunter22")


@pytest.mark.parametrize(
    "value",
    [
        "https://example.com/a:b@c",
        "redis://cache:6379/0",
        "postgres://shop:$(PASSWORD)@db/shop",
        "-----BEGIN CERTIFICATE-----",
    ],
)
def test_a_value_that_is_no_secret(value: str) -> None:
    assert is_secret_value(value) == ""


@pytest.mark.parametrize(
    "name",
    ["PGPASSWORD", "MYSQL_PWD", "REDISCLI_AUTH", "RABBITMQ_DEFAULT_PASS", "keyStorePassword", "LDAP_BIND_PASSWORD_2"],
)
def test_names_that_clients_read(name: str) -> None:
    assert is_literal_secret(name, "hunter22")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STOP_TOKEN", "END"),
        ("EOS_TOKEN", "</s>"),
        ("LLM_PAD_TOKEN", "[PAD]"),
        ("CSRF_TOKEN", "csrf_token"),
        ("CSRF_TOKEN", "X-CSRF"),
        ("X-XSRF-Token", "fetch"),
        ("csrfToken", "_csrf"),
        ("CSRF_COOKIE_NAME", "csrftoken"),
        ("PASSWORD_FILE", "db.txt"),
        ("TOKEN_PATH", "token"),
        ("SECRET_NAME", "es"),
        ("KEY", "value"),
        ("PWD", "app"),
        ("OLD_PWD", "app"),
        ("IMAGE_PULL_SECRET", "regcred"),
        ("INGRESS_TLS_SECRET", "shop-tls"),
        ("ALLOW_EMPTY_PASSWORD", "sometimes"),
        ("DB_PASSWORD", "$PASSWORD"),
        ("DB_PASSWORD", "<password>"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD", "****"),
        ("TLS_CA_SECRET", "$(NAMESPACE)/ca"),
        ("DB_PASSWORD", "%(password)s"),
        ("", "abc"),
        ("_2", "abc"),
    ],
)
def test_names_and_values_that_are_no_secrets(name: str, value: str) -> None:
    assert not is_literal_secret(name, value)


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("AKIAIOSFODNN7EXAMPLE", "an access key"),
        ("key=ASIAIOSFODNN7EXAMPLE;", "an access key"),
        ("POSTGRES://shop:hunter2@db/shop", "an address with a password"),
        ("redis://:hunter2@cache:6379", "an address with a password"),
        ("jdbc:postgresql://db/shop?user=shop&password=hunter2", "an address with a password"),
        ("Server=db;User Id=sa;Password=hunter2;", "a connection with a password"),
        ("host=db user=shop password=hunter2", "a connection with a password"),
        ("Bearer 0123456789abcdef", "a login"),
        ("Basic c2hvcDpodW50ZXIy", "a login"),
        ("curl -H 'Authorization: Basic dTpw1234' db", "a login"),
    ],
)
def test_values_that_can_only_be_secrets(value: str, what: str) -> None:
    assert is_secret_value(value) == what


@pytest.mark.parametrize(
    "value",
    [
        "BAKIAIOSFODNN7EXAMPLE0",
        "postgres://shop:$PASSWORD@db/shop",
        "postgres://shop:<password>@db/shop",
        "postgres://shop:{{ password }}@db/shop",
        "https://db/login?password=$(PASSWORD)&user=shop",
        "https://db/login?password=false",
        "host=db user=shop password=$(PASSWORD)",
        "Server=db;Password={0};",
        "a=1; password=os.environ['P']",
        "import os; password=ask()",
        "Bearer realm and more words",
        "Basic tier1-standard",
        "Basic 0123456789ab",
        "postgres://shop:%(password)s@db/shop",
        "postgres://shop:%s@db/shop",
        "mongodb://one:27017,two:27017/shop?a=b@c",
        "Authorization: Bearer <token 1>",
        "Authorization: Bearer $TOKEN1",
        "use the authorization: bearer scheme",
    ],
)
def test_values_that_need_not_be_secrets(value: str) -> None:
    assert is_secret_value(value) == ""


@pytest.mark.parametrize(
    "words",
    [
        ["--token=abc"],
        ["-password", "abc"],
        ["--requirepass", "abc"],
        ["-Djavax.net.ssl.keyStorePassword=changeit"],
        ["env", "PGPASSWORD=hunter2", "psql"],
        ["sh", "-c", "PGPASSWORD=hunter2 psql -h db"],
        ["sh", "-c", "export A=1; PGPASSWORD='hunter2' psql -h db"],
        ["sh", "-c", 'mysqladmin --password="hunter2" ping'],
    ],
)
def test_arguments_that_hold_a_secret(words: list[str]) -> None:
    with pytest.raises(InvalidValue, match="holds the literal value of"):
        check_words(words, "args")


@pytest.mark.parametrize(
    "words",
    [
        ["--token=$(TOKEN)"],
        ["--token-file", "token"],
        ["--token"],
        ["--token", "--verbose"],
        ["psql", "--no-password", "shop"],
        ["sh", "-c", "PGPASSWORD=$PASSWORD psql"],
        ["sh", "-c", 'PGPASSWORD="$PASSWORD" psql'],
        ["sh", "-c", "PGPASSWORD=${PASSWORD:-none} psql"],
        ["sh", "-c", "TOKEN=$(cat /token) run"],
        ["sh", "-c", "TOKEN=`cat token` run"],
        ["sh", "-c", "PASSWORD= run"],
        ["sh", "-c", "PASSWORD='' run"],
        ["sh", "-c", '[ "$PASSWORD" = "" ] && echo "usage: --token=<token>"'],
        ["sh", "-c", "stop_token=end run"],
        ["STOP_TOKEN=END"],
        ["--from-literal=a=b"],
    ],
)
def test_arguments_that_hold_none(words: list[str]) -> None:
    check_words(words, "args")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer abc"),
        ("authorization", "abc"),
        ("Proxy-Authorization", "Basic dTpw"),
        ("X-Api-Key", "abc"),
        ("X-Anything", "Bearer 0123456789abcdef"),
    ],
)
def test_headers_that_log_in(name: str, value: str) -> None:
    with pytest.raises(InvalidValue, match="ask a path that needs none"):
        check_header(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Authorization", "Bearer"), ("Authorization", ""), ("X-CSRF-Token", "fetch"), ("Accept", "text/html")],
)
def test_headers_that_do_not(name: str, value: str) -> None:
    check_header(name, value)


def test_a_query_of_a_probe() -> None:
    with pytest.raises(InvalidValue, match="path holds the literal value of token"):
        check_query("/health?full=1&token=abc")
    check_query("/health?full=1&token_name=abc&token")


def test_a_reason_opens_each_of_them_and_is_not_rendered() -> None:
    why = "a schedule"
    assert Exec(["run", "--token=monthly"], not_secret=why).render() == {"command": ["run", "--token=monthly"]}
    assert Probe.exec(["run", "--token=monthly"], not_secret=why).render() == {
        "exec": {"command": ["run", "--token=monthly"]}
    }
    header = {"name": "Authorization", "value": "Basic dTpw"}
    assert HttpHeader("Authorization", "Basic dTpw", not_secret=why).render() == header
    asked = {"path": "/a?token=b", "port": 80, "httpHeaders": [header]}
    headers = {"Authorization": "Basic dTpw"}
    assert HttpGet(80, path="/a?token=b", http_headers=headers, not_secret=why).render() == asked
    assert Probe.http(80, path="/a?token=b", http_headers=headers, not_secret=why).render() == {"httpGet": asked}
    EnvVar("PGPASSWORD", "hunter2", not_secret=why)
    Container(name="a", image="a:1", args=["--token=monthly"], not_secret=why)


def test_a_long_text_takes_no_time() -> None:
    texts = [
        "a" * 200_000 + "://",
        "A1" * 100_000,
        "a=b " * 50_000,
        "a=b;" * 50_000,
        "://" + "a:" * 100_000,
        "=" * 200_000,
    ]
    started = time.perf_counter()
    for text in texts:
        is_secret_value(text)
        check_words([text, f"x {text}"], "args")
    assert time.perf_counter() - started < 5

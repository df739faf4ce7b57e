"""Volumes of a pod."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, list-item"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import EmptyDir, FieldPath, JsonObject, ServiceAccountToken, Volume

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Volume.empty_dir("My_Tmp"),
        InvalidValue,
        (
            "Volume 'My_Tmp': name must be a DNS-1123 label (lower-case letters, digits and '-', at "
            "most 63, a letter or digit at both ends), got 'My_Tmp'; write 'my-tmp'"
        ),
    ),
    (
        lambda: Volume.empty_dir("tmp", size_limit="64MB"),
        InvalidValue,
        (
            "Volume 'tmp': size_limit must be a number with a suffix such as m, k, M, G, Ki, Mi or "
            "Gi, got '64MB'; write 64M or 64Mi"
        ),
    ),
    (
        lambda: Volume.empty_dir("tmp", medium="Memory"),
        InvalidValue,
        (
            "Volume 'tmp': size_limit must be given with medium 'Memory', which fills the memory "
            'limit of the container; write size_limit="64Mi"'
        ),
    ),
    (
        lambda: Volume.config_map("cfg", "Cfg"),
        InvalidValue,
        (
            "Volume 'cfg': config_map must be a DNS-1123 subdomain (lower-case letters, digits, '-' "
            "and '.', at most 253, a letter or digit at both ends of each part), got 'Cfg'; write "
            "'cfg'"
        ),
    ),
    (
        lambda: Volume.config_map("cfg", items={"a": "/b"}),
        InvalidValue,
        "Volume 'cfg': items['a']: path must be a relative path, got '/b'; write 'b'",
    ),
    (
        lambda: Volume.secret("s", default_mode=400),
        InvalidValue,
        ("Volume 's': default_mode must be octal, got 400, which means 0o620; write 0o400 or \"0400\""),
    ),
    (
        lambda: Volume.pvc("data", claim_name="a b"),
        InvalidValue,
        (
            "Volume 'data': claim_name must be a DNS-1123 subdomain (lower-case letters, digits, '-' "
            "and '.', at most 253, a letter or digit at both ends of each part), got 'a b'; write "
            "'a-b'"
        ),
    ),
    (
        lambda: Volume.image("web", reference="a:b:c"),
        InvalidValue,
        (
            "Volume 'web': reference must have a path of lower-case letters, digits, '.', '_' and "
            "'-' between slashes, got 'a:b:c'"
        ),
    ),
    (
        lambda: Volume.host_path("h", path=".."),
        InvalidValue,
        "Volume 'h': path must be a path without '..' and control characters, got '..'",
    ),
    (
        lambda: Volume.projected("p", sources=[1]),
        WrongType,
        "Volume 'p': sources[0] must be a ProjectedSource, got an int 1",
    ),
    (
        lambda: Volume("日本", EmptyDir()),
        InvalidValue,
        (
            "Volume '日本': name must be a DNS-1123 label (lower-case letters, digits and '-', at most "
            "63, a letter or digit at both ends), got '日本'"
        ),
    ),
    (
        lambda: Volume("v", EmptyDir(), extra={"emptydir": {}}),
        InvalidValue,
        ("Volume 'v': extra: Kubernetes 1.37 knows no field 'emptydir' in Volume; did you mean 'emptyDir'"),
    ),
    (
        lambda: Volume("v", EmptyDir(), extra={"nfs": {}}),
        InvalidValue,
        "Volume 'v': extra: a volume has one source; write nfs as source= instead",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


VOLUMES: list[tuple[Volume, JsonObject]] = [
    (Volume.empty_dir("v"), {"emptyDir": {}}),
    (Volume.empty_dir("v", size_limit="1Mi", medium="Memory"), {"emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}}),
    (Volume.config_map("v"), {"configMap": {"name": "v"}}),
    (Volume.config_map("v", "cfg", optional=True), {"configMap": {"name": "cfg", "optional": True}}),
    (Volume.secret("v", secret_name="s"), {"secret": {"secretName": "s"}}),
    (Volume.pvc("v", claim_name="c"), {"persistentVolumeClaim": {"claimName": "c"}}),
    (Volume.image("v", reference="web:1"), {"image": {"reference": "web:1"}}),
    (Volume.host_path("v", path="/a", type="Directory"), {"hostPath": {"path": "/a", "type": "Directory"}}),
    (
        Volume.projected("v", sources=[ServiceAccountToken("t")]),
        {"projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}},
    ),
    (
        Volume.downward_api("v", items={"a": FieldPath("metadata.name")}),
        {"downwardAPI": {"items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.name"}}]}},
    ),
]


@pytest.mark.parametrize(("volume", "expected"), VOLUMES)
def test_renders_name_and_source(volume: Volume, expected: JsonObject) -> None:
    assert volume.render() == {"name": "v", **expected}

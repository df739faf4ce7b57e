"""Several sources in one directory."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, list-item"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import (
    ClusterTrustBundle,
    ConfigMapProjection,
    DownwardApi,
    DownwardApiFile,
    DownwardApiProjection,
    FieldPath,
    PodCertificate,
    Projected,
    ResourceField,
    SecretProjection,
    ServiceAccountToken,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Projected([ServiceAccountToken("t"), ConfigMapProjection("c", items={"k": "t"})]),
        InvalidValue,
        "Projected: sources[1] writes 't', which sources[0] writes already; give it another path",
    ),
    (
        lambda: ServiceAccountToken("t", expiration_seconds=10),
        InvalidValue,
        "ServiceAccountToken: expiration_seconds must be at least 600, got 10",
    ),
    (
        lambda: ServiceAccountToken("/t"),
        InvalidValue,
        "ServiceAccountToken: path must be a relative path, got '/t'; write 't'",
    ),
    (
        lambda: DownwardApi({"name": FieldPath("spec.nodeName")}),
        InvalidValue,
        (
            "DownwardApi: items['name']: source: path must be a field of metadata in a volume, got "
            "'spec.nodeName'; use a variable for it"
        ),
    ),
    (
        lambda: DownwardApi({"cpu": ResourceField("limits.cpu")}),
        InvalidValue,
        ("DownwardApi: items['cpu']: source: container_name must be given in a volume, which belongs to no container"),
    ),
    (
        lambda: DownwardApi({"../a": FieldPath("metadata.name")}),
        InvalidValue,
        "DownwardApi: items['../a']: path must be a path without '..', got '../a'",
    ),
    (lambda: ClusterTrustBundle(path="a"), InvalidValue, "ClusterTrustBundle: give either name= or signer_name="),
    (
        lambda: ClusterTrustBundle(path="a", name="b", label_selector={"matchLabels": {}}),
        InvalidValue,
        "ClusterTrustBundle 'b': label_selector must not be given without signer_name",
    ),
    (
        lambda: PodCertificate(signer_name="a/b", key_type="RSA"),
        InvalidValue,
        (
            "PodCertificate: key_type must be 'RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', "
            "'ECDSAP521' or 'ED25519', got 'RSA'"
        ),
    ),
    (
        lambda: PodCertificate(signer_name="a/b", key_type="ED25519"),
        InvalidValue,
        "PodCertificate: give credential_bundle_path=, or key_path= and certificate_chain_path=",
    ),
    (
        lambda: PodCertificate(signer_name="ab", key_type="ED25519", key_path="k"),
        InvalidValue,
        "PodCertificate: signer_name must be a signer such as 'example.com/signer', got 'ab'",
    ),
    (
        lambda: PodCertificate(signer_name="a/b", key_type="ED25519", key_path="k", max_expiration_seconds=60),
        InvalidValue,
        "PodCertificate: max_expiration_seconds must be at least 3600, got 60",
    ),
    (
        lambda: PodCertificate(signer_name="a/b", key_type="ED25519", key_path="k", user_annotations={"a b": "c"}),
        InvalidValue,
        (
            "PodCertificate: user_annotations: key 'a b' must be a name of at most 63 letters, "
            "digits, '-', '_' and '.', a letter or digit at both ends, after an optional DNS "
            "subdomain and '/', got 'a b'"
        ),
    ),
    (lambda: Projected(["a"]), WrongType, "Projected: sources[0] must be a ProjectedSource, got a str 'a'"),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_every_source() -> None:
    source = Projected(
        [
            ConfigMapProjection("c", items={"a": "b"}),
            SecretProjection("s", optional=True),
            DownwardApiProjection({"labels": FieldPath("metadata.labels")}),
            ServiceAccountToken("token", audience="vault", expiration_seconds=600),
            ClusterTrustBundle(signer_name="a/b", label_selector={"matchLabels": {"a": "b"}}, path="ca.pem"),
            PodCertificate(signer_name="a/b", key_type="ED25519", credential_bundle_path="pod.pem"),
        ],
        default_mode="0444",
    )
    assert source.render() == {
        "sources": [
            {"configMap": {"name": "c", "items": [{"key": "a", "path": "b"}]}},
            {"secret": {"name": "s", "optional": True}},
            {"downwardAPI": {"items": [{"path": "labels", "fieldRef": {"fieldPath": "metadata.labels"}}]}},
            {"serviceAccountToken": {"path": "token", "audience": "vault", "expirationSeconds": 600}},
            {
                "clusterTrustBundle": {
                    "signerName": "a/b",
                    "labelSelector": {"matchLabels": {"a": "b"}},
                    "path": "ca.pem",
                }
            },
            {"podCertificate": {"signerName": "a/b", "keyType": "ED25519", "credentialBundlePath": "pod.pem"}},
        ],
        "defaultMode": 292,
    }


def test_renders_fields_as_files() -> None:
    source = DownwardApi([DownwardApiFile("cpu", ResourceField("limits.cpu", container_name="app"), mode=0o400)])
    assert source.render() == {
        "items": [
            {"path": "cpu", "resourceFieldRef": {"resource": "limits.cpu", "containerName": "app"}, "mode": 256},
        ]
    }

"""Storage systems as volume sources."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type, list-item"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import Csi, Ephemeral, Fc, Iscsi, Nfs, OtherVolume, Volume

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (lambda: Nfs(server="", path="/a"), InvalidValue, "Nfs: server must not be empty"),
    (lambda: Nfs(server="a", path="a"), InvalidValue, "Nfs: path must be an absolute path, got 'a'; write '/a'"),
    (
        lambda: Csi(driver="A_B"),
        InvalidValue,
        (
            "Csi: driver must be a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', at "
            "most 253, a letter or digit at both ends of each part), got 'A_B'; write 'a-b'"
        ),
    ),
    (
        lambda: Iscsi(target_portal="a", iqn="x", lun=0),
        InvalidValue,
        "Iscsi: iqn must begin with 'iqn.', 'eui.' or 'naa.', got 'x'",
    ),
    (lambda: Iscsi(target_portal="a", iqn="iqn.a", lun=256), InvalidValue, "Iscsi: lun must be at most 255, got 256"),
    (
        lambda: Iscsi(target_portal="a", iqn="iqn.a", lun=0, chap_auth_session=True),
        InvalidValue,
        "Iscsi: secret must be given where chap_auth_discovery or chap_auth_session is True",
    ),
    (Fc, InvalidValue, "Fc: give either target_wwns= with lun=, or wwids="),
    (lambda: Fc(target_wwns=["a"]), InvalidValue, "Fc: lun must be given with target_wwns"),
    (
        lambda: Ephemeral(size="1GB"),
        InvalidValue,
        ("Ephemeral: size must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1GB'; write 1G or 1Gi"),
    ),
    (
        lambda: Ephemeral(size="1Gi", access_modes=["ReadWriteOncePod", "ReadOnlyMany"]),
        InvalidValue,
        (
            "Ephemeral: access_modes must not have another mode beside 'ReadWriteOncePod', got "
            "['ReadWriteOncePod', 'ReadOnlyMany']"
        ),
    ),
    (
        lambda: Ephemeral(size="1Gi", storage_class_name="Fast"),
        InvalidValue,
        (
            "Ephemeral: storage_class_name must be a DNS-1123 subdomain (lower-case letters, digits, '-' and '.', at "
            "most 253, a letter or digit at both ends of each part), got 'Fast'; write 'fast'"
        ),
    ),
    (
        lambda: Ephemeral(size="1Gi", access_modes=["RWO"]),
        InvalidValue,
        (
            "Ephemeral: access_modes[0] must be 'ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany' or "
            "'ReadWriteOncePod', got 'RWO'"
        ),
    ),
    (
        lambda: Ephemeral(size="1Gi", labels={"a b": "c"}),
        InvalidValue,
        (
            "Ephemeral: labels: key 'a b' must be a name of at most 63 letters, digits, '-', '_' and "
            "'.', a letter or digit at both ends, after an optional DNS subdomain and '/', got 'a b'"
        ),
    ),
    (
        lambda: Ephemeral(size="1Gi", labels={"a": "c d"}),
        InvalidValue,
        (
            "Ephemeral: labels['a'] must be at most 63 letters, digits, '-', '_' and '.', a letter "
            "or digit at both ends, got 'c d'"
        ),
    ),
    (
        lambda: Ephemeral(size="1Gi", extra={"resources": {}}),
        InvalidValue,
        "Ephemeral: extra: resources is an option of Ephemeral; write size=... instead",
    ),
    (
        lambda: OtherVolume("emptyDir", {}),
        InvalidValue,
        (
            "OtherVolume: kind must be one of awsElasticBlockStore, azureDisk, azureFile, cephfs, "
            "cinder, flexVolume, flocker, gcePersistentDisk, gitRepo, glusterfs, "
            "photonPersistentDisk, portworxVolume, quobyte, rbd, scaleIO, storageos, vsphereVolume, "
            "got 'emptyDir'; it has a class of its own"
        ),
    ),
    (
        lambda: OtherVolume("cephFs", {}),
        InvalidValue,
        (
            "OtherVolume: kind must be one of awsElasticBlockStore, azureDisk, azureFile, cephfs, "
            "cinder, flexVolume, flocker, gcePersistentDisk, gitRepo, glusterfs, "
            "photonPersistentDisk, portworxVolume, quobyte, rbd, scaleIO, storageos, vsphereVolume, "
            "got 'cephFs'; did you mean 'cephfs'"
        ),
    ),
    (
        lambda: OtherVolume("rbd", {"monitor": ["a"]}),
        InvalidValue,
        ("OtherVolume: source: Kubernetes 1.37 knows no field 'monitor' there; did you mean 'monitors'"),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_storage_systems() -> None:
    assert Nfs(server="nfs", path="/a", read_only=True).render() == {"server": "nfs", "path": "/a", "readOnly": True}
    assert Csi(driver="a.b", fs_type="ext4", volume_attributes={"a": "b"}, node_publish_secret="s").render() == {
        "driver": "a.b",
        "fsType": "ext4",
        "volumeAttributes": {"a": "b"},
        "nodePublishSecretRef": {"name": "s"},
    }
    assert Iscsi(target_portal="a:3260", iqn="iqn.a", lun=0, chap_auth_session=True, secret="s").render() == {
        "targetPortal": "a:3260",
        "iqn": "iqn.a",
        "lun": 0,
        "chapAuthSession": True,
        "secretRef": {"name": "s"},
    }
    assert Fc(target_wwns=["a"], lun=1).render() == {"targetWWNs": ["a"], "lun": 1}


def test_renders_a_claim_template() -> None:
    source = Ephemeral(size="1Gi", storage_class_name="fast", labels={"a": "b"}, extra={"selector": {}})
    assert source.render() == {
        "volumeClaimTemplate": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "storageClassName": "fast",
                "selector": {},
                "resources": {"requests": {"storage": "1Gi"}},
            },
        }
    }


def test_renders_an_old_source_as_given() -> None:
    volume = Volume("v", OtherVolume("rbd", {"monitors": ["a"], "image": "b"}))
    assert volume.render() == {"name": "v", "rbd": {"monitors": ["a"], "image": "b"}}

"""What volumes are made of."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns import model
from patterns.errors import InvalidValue, PatternError
from patterns.model import (
    ConfigMapVolume,
    EmptyDir,
    HostPath,
    ImageVolume,
    KeyToPath,
    PersistentVolumeClaim,
    SecretVolume,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: EmptyDir(medium="memory"),
        InvalidValue,
        ("EmptyDir: medium must be 'Memory', 'HugePages' or 'HugePages-<size>', got 'memory'; write 'Memory'"),
    ),
    (
        lambda: EmptyDir(medium="Disk"),
        InvalidValue,
        "EmptyDir: medium must be 'Memory', 'HugePages' or 'HugePages-<size>', got 'Disk'",
    ),
    (
        lambda: EmptyDir(medium="Memory"),
        InvalidValue,
        (
            "EmptyDir: size_limit must be given with medium 'Memory', which fills the memory limit "
            'of the container; write size_limit="64Mi"'
        ),
    ),
    (lambda: EmptyDir(size_limit="-1Mi"), InvalidValue, "EmptyDir: size_limit must not be negative, got '-1Mi'"),
    (
        lambda: EmptyDir(size_limit="1 Gi"),
        InvalidValue,
        ("EmptyDir: size_limit must be a number with a suffix such as m, k, M, G, Ki, Mi or Gi, got '1 Gi'; write 1Gi"),
    ),
    (
        lambda: ConfigMapVolume("Cfg"),
        InvalidValue,
        (
            "ConfigMapVolume 'Cfg': name must be a DNS-1123 subdomain (lower-case letters, digits, "
            "'-' and '.', at most 253, a letter or digit at both ends of each part), got 'Cfg'; "
            "write 'cfg'"
        ),
    ),
    (
        lambda: ConfigMapVolume("cfg", items={"a": "../b"}),
        InvalidValue,
        "ConfigMapVolume 'cfg': items['a']: path must be a path without '..', got '../b'",
    ),
    (
        lambda: ConfigMapVolume("cfg", items={"a/b": "b"}),
        InvalidValue,
        (
            "ConfigMapVolume 'cfg': items['a/b']: key must be at most 253 letters, digits, '-', '_' "
            "and '.', and not '.' or begin with '..', got 'a/b'; a path goes into items={<key>: "
            "<path>} of a volume"
        ),
    ),
    (
        lambda: ConfigMapVolume("cfg", items=[KeyToPath("a", "x"), KeyToPath("b", "x")]),
        InvalidValue,
        "ConfigMapVolume 'cfg': items must have each path once, got 'x' twice",
    ),
    (
        lambda: ConfigMapVolume("cfg", default_mode=440),
        InvalidValue,
        ("ConfigMapVolume 'cfg': default_mode must be octal, got 440, which means 0o670; write 0o440 or \"0440\""),
    ),
    (
        lambda: SecretVolume("s", default_mode=1000),
        InvalidValue,
        "SecretVolume: default_mode must be 0o000-0o777, got 0o1750",
    ),
    (
        lambda: SecretVolume("s", default_mode="rw"),
        InvalidValue,
        "SecretVolume: default_mode must be octal text such as \"0440\", got 'rw'",
    ),
    (lambda: KeyToPath("a", "/b"), InvalidValue, "KeyToPath: path must be a relative path, got '/b'; write 'b'"),
    (
        lambda: KeyToPath("a", "..b"),
        InvalidValue,
        ("KeyToPath: path must be a path without '..' at its beginning, which a kubelet keeps for itself, got '..b'"),
    ),
    (lambda: KeyToPath("a", ""), InvalidValue, "KeyToPath: path must be a relative path, got ''"),
    (
        lambda: KeyToPath("a", "b", mode=644),
        InvalidValue,
        'KeyToPath: mode must be octal, got 644, which means 0o1204; write 0o644 or "0644"',
    ),
    (
        lambda: HostPath("/a/../b"),
        InvalidValue,
        "HostPath: path must be a path without '..' and control characters, got '/a/../b'",
    ),
    (
        lambda: HostPath("/a", type="Dir"),
        InvalidValue,
        (
            "HostPath: type must be '', 'DirectoryOrCreate', 'Directory', 'FileOrCreate', 'File', "
            "'Socket', 'CharDevice' or 'BlockDevice', got 'Dir'"
        ),
    ),
    (
        lambda: ImageVolume("Shop"),
        InvalidValue,
        (
            "ImageVolume: reference must have a path of lower-case letters, digits, '.', '_' and '-' "
            "between slashes, got 'Shop'; write 'shop'"
        ),
    ),
    (
        lambda: PersistentVolumeClaim("A"),
        InvalidValue,
        (
            "PersistentVolumeClaim: claim_name must be a DNS-1123 subdomain (lower-case letters, "
            "digits, '-' and '.', at most 253, a letter or digit at both ends of each part), got "
            "'A'; write 'a'"
        ),
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_an_empty_directory_renders_as_an_empty_object() -> None:
    assert EmptyDir().render() == {}
    assert EmptyDir(medium="HugePages-2Mi", size_limit="1Gi").render() == {
        "medium": "HugePages-2Mi",
        "sizeLimit": "1Gi",
    }


def test_keys_as_files() -> None:
    source = ConfigMapVolume("cfg", items={"a": "x/a"}, default_mode=0o440, optional=False)
    assert source.render() == {
        "name": "cfg",
        "items": [{"key": "a", "path": "x/a"}],
        "defaultMode": 288,
        "optional": False,
    }
    secret = SecretVolume("s", items=[KeyToPath("a", "b", mode="0400")])
    assert secret.render() == {"secretName": "s", "items": [{"key": "a", "path": "b", "mode": 256}]}


def test_the_other_sources() -> None:
    assert PersistentVolumeClaim("data", read_only=True).render() == {"claimName": "data", "readOnly": True}
    assert HostPath("/dev/kvm", type="CharDevice").render() == {"path": "/dev/kvm", "type": "CharDevice"}
    assert ImageVolume("web:1", pull_policy="Always").render() == {"reference": "web:1", "pullPolicy": "Always"}


@pytest.mark.parametrize("medium", ["", "Memory", "HugePages", "HugePages-1Gi", "HugePages-2097152"])
def test_the_media_that_a_kubelet_knows(medium: str) -> None:
    assert EmptyDir(medium=medium, size_limit="2Mi").render() == {"medium": medium, "sizeLimit": "2Mi"}


@pytest.mark.parametrize("path", ["/", "/var/run/docker.sock", "C:\\data", "\\\\.\\pipe\\docker_engine"])
def test_a_path_of_a_node(path: str) -> None:
    assert HostPath(path, because="it lists the node's containers").render() == {"path": path}


@pytest.mark.parametrize("path", ["/", "/var/run", "/var/log/docker.sock", "/run/docker.sock.old", "C:\\data"])
def test_what_is_no_socket_of_the_runtime_needs_no_reason(path: str) -> None:
    assert HostPath(path).render() == {"path": path}


@pytest.mark.parametrize(
    "path",
    [
        *("/var/run/docker.sock", "/run/docker.sock", "/var//run/docker.sock", "/run/containerd/containerd.sock"),
        *("/var/run/crio/crio.sock", "/run/podman/podman.sock", "\\\\.\\pipe\\docker_engine"),
    ],
)
def test_the_socket_of_the_runtime_needs_a_reason(path: str) -> None:
    with pytest.raises(InvalidValue, match=r"^HostPath: path must not be the socket of the node's container runtime"):
        HostPath(path)
    with pytest.raises(InvalidValue, match=r"^HostPath: because must be the reason"):
        HostPath(path, because=" ")
    assert model.Volume.host_path("runtime", path, because="it lists the node's containers").render() == {
        "name": "runtime",
        "hostPath": {"path": path},
    }


def test_files_beside_each_other_in_one_directory() -> None:
    items = {"a": "x/a", "b": "x/b", "c": "xa", "d": "x.a/a"}
    assert [item.path for item in ConfigMapVolume("cfg", items=items).items if isinstance(item, KeyToPath)] == [
        *items.values()
    ]

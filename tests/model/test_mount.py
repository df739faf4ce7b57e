"""Where a container sees volumes."""

# wrong types are what is tested here
# mypy: disable-error-code="arg-type"
# pyright: reportArgumentType=false, reportCallIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError, WrongType
from patterns.model import Csi, Ephemeral, SecretProjection, ServiceAccountToken, Volume, VolumeDevice, VolumeMount

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: VolumeMount(volume="data", mount_path="data"),
        InvalidValue,
        "VolumeMount: mount_path must be an absolute path, got 'data'; write '/data'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path=""),
        InvalidValue,
        "VolumeMount: mount_path must be an absolute path, got ''",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a:b"),
        InvalidValue,
        (
            "VolumeMount: mount_path must be a path without ':', which container runtimes read as a "
            "separator, got '/a:b'"
        ),
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a/../b"),
        InvalidValue,
        "VolumeMount: mount_path must be a path without '..', got '/a/../b'; write '/b'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a//b"),
        InvalidValue,
        "VolumeMount: mount_path must be a path without '//', got '/a//b'; write '/a/b'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a\nb"),
        InvalidValue,
        "VolumeMount: mount_path must be a path without control characters, got '/a\\nb'",
    ),
    (
        lambda: VolumeMount(volume="Data", mount_path="/a"),
        InvalidValue,
        (
            "VolumeMount: volume must be a DNS-1123 label (lower-case letters, digits and '-', at "
            "most 63, a letter or digit at both ends), got 'Data'; write 'data'"
        ),
    ),
    (
        lambda: VolumeMount(volume={"name": "data"}, mount_path="/a"),
        WrongType,
        ("VolumeMount: volume must be a Volume or a str, got a dict; write volume=Volume(name='data')"),
    ),
    (
        lambda: VolumeMount(volume=Volume.empty_dir("tmp"), mount_path="/"),
        InvalidValue,
        (
            "VolumeMount: mount_path must not be '/': the container would not find what it needs to "
            "start; mount it elsewhere"
        ),
    ),
    (
        lambda: VolumeMount(volume=Volume.config_map("c"), mount_path="/var/run/secrets/kubernetes.io/serviceaccount"),
        InvalidValue,
        (
            "VolumeMount: mount_path must not be '/var/run/secrets/kubernetes.io/serviceaccount': "
            "the volume would hide the token of the service account; mount it elsewhere"
        ),
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a", sub_path="/b"),
        InvalidValue,
        "VolumeMount: sub_path must be a relative path, got '/b'; write 'b'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a", sub_path="b/../c"),
        InvalidValue,
        "VolumeMount: sub_path must be a path without '..', got 'b/../c'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a", sub_path_expr="../$(A)"),
        InvalidValue,
        "VolumeMount: sub_path_expr must be a path without '..', got '../$(A)'",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a", sub_path="a", sub_path_expr="b"),
        InvalidValue,
        "VolumeMount: sub_path and sub_path_expr must not both be given; keep one of them",
    ),
    (
        lambda: VolumeMount(volume="data", mount_path="/a", recursive_read_only="Enabled"),
        InvalidValue,
        "VolumeMount: recursive_read_only must not be given without read_only=True, got 'Enabled'",
    ),
    (
        lambda: VolumeMount(
            volume="data",
            mount_path="/a",
            read_only=True,
            recursive_read_only="Enabled",
            mount_propagation="HostToContainer",
        ),
        InvalidValue,
        ("VolumeMount: mount_propagation must be 'None' with recursive_read_only, got 'HostToContainer'"),
    ),
    (
        lambda: VolumeDevice(volume="data", device_path="sda"),
        InvalidValue,
        "VolumeDevice: device_path must be an absolute path, got 'sda'; write '/sda'",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_carries_its_volume() -> None:
    volume = Volume.empty_dir("data")
    mount = VolumeMount(volume=volume, mount_path="/data", read_only=True, sub_path="a", recursive_read_only="Enabled")
    assert mount.volume is volume
    assert mount.volume_name == "data"
    assert mount.render() == {
        "name": "data",
        "mountPath": "/data",
        "subPath": "a",
        "readOnly": True,
        "recursiveReadOnly": "Enabled",
    }


def test_names_a_claim_template() -> None:
    assert VolumeMount(volume="data", mount_path="/data").render() == {"name": "data", "mountPath": "/data"}
    assert VolumeDevice(volume="data", device_path="/dev/xvda").render() == {"name": "data", "devicePath": "/dev/xvda"}


def test_a_token_or_a_device_may_be_mounted_over_what_a_container_needs() -> None:
    token = Volume.projected("token", sources=[ServiceAccountToken("token")])
    VolumeMount(volume=token, mount_path="/var/run/secrets/kubernetes.io/serviceaccount")
    VolumeMount(volume=Volume.host_path("dev", path="/dev"), mount_path="/dev")
    VolumeMount(volume=Volume("dev", Csi(driver="devices.example.com")), mount_path="/dev")
    VolumeMount(volume=Volume.host_path("proc", path="/proc"), mount_path="/proc")
    VolumeMount(volume=Volume.image("tools", "busybox:1.37"), mount_path="/bin")
    VolumeMount(volume=Volume.empty_dir("tools"), mount_path="/bin", sub_path="bin")
    VolumeDevice(volume=Volume("disk", Ephemeral(size="1Gi")), device_path="/dev/xvda")
    legacy = Volume.projected("token", sources=[SecretProjection("token")])
    VolumeMount(volume=legacy, mount_path="/run/secrets/kubernetes.io/serviceaccount")
    VolumeMount(volume=Volume.secret("token"), mount_path="/var/run/secrets/kubernetes.io/serviceaccount")


@pytest.mark.parametrize("path", ["/proc/x", "/dev/shm", "/binary", "/var/run/secrets", "/etc/app", "/etc"])
def test_near_what_a_container_needs_there_is_room(path: str) -> None:
    VolumeMount(volume=Volume.empty_dir("data"), mount_path=path)

"""Containers and what cannot both be in one. More of what they refuse is in the table `tests/bad_input`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patterns.errors import InvalidValue, PatternError
from patterns.model import (
    Container,
    ContainerPort,
    EnvFrom,
    EnvVar,
    HttpGet,
    Lifecycle,
    Probe,
    ResizePolicy,
    ResourceRequirements,
    RestartRule,
    SecretKey,
    Security,
    Sleep,
    Volume,
    VolumeDevice,
    VolumeMount,
)

BAD: list[tuple[Callable[[], object], type[PatternError], str]] = [
    (
        lambda: Container(name="app", image=" a"),
        InvalidValue,
        "Container 'app': image must hold no whitespace, got ' a'; write 'a'",
    ),
    (
        lambda: Container(name="app", image="a", env=[EnvVar("A", "1"), EnvVar("A", "2")]),
        InvalidValue,
        ("Container 'app': env[1] has the name 'A' of env[0], which it would hide; write each variable once"),
    ),
    (
        lambda: Container(name="app", image="a", env={"a-b": "1"}),
        InvalidValue,
        (
            "Container 'app': env['a-b']: name must be a C identifier (letters, digits and '_', no "
            "digit first), got 'a-b'; write 'a_b', or EnvVar(..., classic_name=True) where no shell "
            "reads it"
        ),
    ),
    (
        lambda: Container(name="app", image="a", env={"API_TOKEN": "abcdef123"}),
        InvalidValue,
        (
            "Container 'app': env['API_TOKEN']: value of 'API_TOKEN' is a literal secret by its "
            "name, and would stand in the rendered YAML; write SecretKey(<Secret>, <key>) instead, "
            'or EnvVar(..., not_secret="<reason>") where it is none'
        ),
    ),
    (
        lambda: Container(
            name="app",
            image="a",
            volume_mounts=[VolumeMount(volume="data", mount_path="/d"), VolumeMount(volume="logs", mount_path="/d/")],
        ),
        InvalidValue,
        (
            "Container 'app': volume_mounts[1] is on '/d/', where volume_mounts[0] (volume 'data' on "
            "'/d') is already; one would hide the other: mount it elsewhere"
        ),
    ),
    (
        lambda: Container(
            name="app",
            image="a",
            volume_mounts=[
                VolumeMount(volume=Volume.empty_dir("a"), mount_path="/a"),
                VolumeMount(volume=Volume.secret("a"), mount_path="/b"),
            ],
        ),
        InvalidValue,
        (
            "Container 'app': volume_mounts[1] has another volume of the name 'a' than one before "
            "it; make the volume once, or give one another name"
        ),
    ),
    (
        lambda: Container(name="app", image="a", readiness_probe=Probe.http("web")),
        InvalidValue,
        ("Container 'app': readiness_probe: port 'web' is no port name of the container; it names none"),
    ),
    (
        lambda: Container(
            name="app", image="a", ports=[ContainerPort(80, name="http")], lifecycle=Lifecycle(pre_stop=HttpGet("web"))
        ),
        InvalidValue,
        ("Container 'app': lifecycle: pre_stop: port 'web' is no port name of the container; it has 'http'"),
    ),
    (
        lambda: Container(name="app", image="a", command=["x", "--password", "hunter22"]),
        InvalidValue,
        (
            "Container 'app': command[2] holds the literal value of --password, and would stand in "
            "the rendered YAML; put it into env as SecretKey(<Secret>, <key>) and write $(NAME) "
            'here, or give not_secret="<reason>" where it is none'
        ),
    ),
    (
        lambda: Container(name="app", image="a", args=["a\0"]),
        InvalidValue,
        ("Container 'app': args[0] must not hold a NUL character, which no process can take, got 'a\\x00'"),
    ),
    (
        lambda: Container(name="app", image="a", working_dir="data"),
        InvalidValue,
        "Container 'app': working_dir must be an absolute path, got 'data'",
    ),
    (
        lambda: Container(name="app", image="a", termination_message_path="log"),
        InvalidValue,
        "Container 'app': termination_message_path must be an absolute path, got 'log'",
    ),
    (
        lambda: Container(
            name="app",
            image="a",
            resize_policy=[ResizePolicy("cpu", "NotRequired"), ResizePolicy("cpu", "RestartContainer")],
        ),
        InvalidValue,
        "Container 'app': resize_policy must name each resource once, got 'cpu' twice",
    ),
]


@pytest.mark.parametrize(("call", "kind", "message"), BAD)
def test_refuses_with_rule_and_fix(call: Callable[[], object], kind: type[PatternError], message: str) -> None:
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value) == message


def test_renders_in_the_order_people_write() -> None:
    container = Container(
        tty=False,
        security_context=Security().container(),
        volume_mounts=[VolumeMount(volume=Volume.empty_dir("tmp"), mount_path="/tmp")],
        env={"A": "b", "P": SecretKey("es", "password")},
        ports=[8080, ContainerPort(9090, name="metrics")],
        args=["-v"],
        command=["shop"],
        image="shop:1",
        name="app",
        env_from=[EnvFrom(config_map="c")],
        resources=ResourceRequirements(limits={"memory": "1Gi"}),
        resize_policy=[ResizePolicy("cpu", "NotRequired")],
        restart_policy="Never",
        restart_policy_rules=[RestartRule(operator="In", values=[42])],
        volume_devices=[VolumeDevice(volume="disk", device_path="/dev/xvda")],
        readiness_probe=Probe.http("metrics"),
        lifecycle=Lifecycle(pre_stop=Sleep(3)),
        image_pull_policy="Always",
    )
    assert list(container.render().items()) == [
        ("name", "app"),
        ("image", "shop:1"),
        ("restartPolicy", "Never"),
        ("restartPolicyRules", [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]),
        ("command", ["shop"]),
        ("args", ["-v"]),
        ("ports", [{"containerPort": 8080}, {"name": "metrics", "containerPort": 9090}]),
        ("envFrom", [{"configMapRef": {"name": "c"}}]),
        (
            "env",
            [
                {"name": "A", "value": "b"},
                {"name": "P", "valueFrom": {"secretKeyRef": {"name": "es", "key": "password"}}},
            ],
        ),
        ("resources", {"limits": {"memory": "1Gi"}}),
        ("resizePolicy", [{"resourceName": "cpu", "restartPolicy": "NotRequired"}]),
        ("volumeMounts", [{"name": "tmp", "mountPath": "/tmp"}]),
        ("volumeDevices", [{"name": "disk", "devicePath": "/dev/xvda"}]),
        ("readinessProbe", {"httpGet": {"path": "/", "port": "metrics"}}),
        ("lifecycle", {"preStop": {"sleep": {"seconds": 3}}}),
        ("imagePullPolicy", "Always"),
        (
            "securityContext",
            {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        ),
        ("tty", False),
    ]


def test_the_smallest_container_renders_two_fields() -> None:
    assert Container(name="app", image="nginx", command=[], env={}).render() == {"name": "app", "image": "nginx"}


def test_carries_its_volumes_once_and_no_claim_templates() -> None:
    data, disk = Volume.empty_dir("data"), Volume.pvc("disk", claim_name="disk")
    container = Container(
        name="app",
        image="a",
        volume_mounts=[
            VolumeMount(volume=data, mount_path="/a"),
            VolumeMount(volume=Volume.empty_dir("data"), mount_path="/b"),
            VolumeMount(volume="claim", mount_path="/c"),
        ],
        volume_devices=[VolumeDevice(volume=disk, device_path="/dev/xvda")],
    )
    assert container.volumes() == (data, disk)


def test_one_port_for_two_protocols() -> None:
    container = Container(name="dns", image="a", ports=[53, ContainerPort(53, protocol="UDP")])
    assert [port.protocol for port in container.container_ports()] == [None, "UDP"]


def test_arguments_that_are_no_secrets() -> None:
    args = ["--token-file=/a", "--password-file", "/b", "--token=$(TOKEN)", "--token", "--verbose", "--secret="]
    assert Container(name="app", image="a", args=args).args == tuple(args)
    allowed = Container(name="app", image="a", args=["--token=every-month"], not_secret="a schedule")
    assert allowed.render() == {"name": "app", "image": "a", "args": ["--token=every-month"]}


def test_short_spellings_are_kept_in_full_form() -> None:
    container = Container(name="app", image="a", env={"A": "b"})
    assert container.env_vars() == (EnvVar("A", "b"),)


def _with_path(expr: str, **options: object) -> Container:
    mount = VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/data", sub_path_expr=expr)
    return Container(name="app", image="app:1", volume_mounts=[mount], **options)  # type: ignore[arg-type]


def test_a_path_takes_variables_of_the_container_alone() -> None:
    with pytest.raises(InvalidValue) as raised:
        _with_path("$(A)/$(POD_NAME)", env={"A": "a"})
    assert str(raised.value) == (
        "Container 'app': volume_mounts[0]: sub_path_expr '$(A)/$(POD_NAME)' must use variables of the container's own "
        'env, got $(POD_NAME), and the container would never start; add it: env={"POD_NAME": ...}'
    )


def test_a_path_s_variables_may_come_from_elsewhere_or_be_none() -> None:
    _with_path("$(A)", env={"A": "a"})
    _with_path("$(A)", env_from=[EnvFrom(config_map="shop")])
    _with_path("$$(A)")


def test_one_mount_may_be_below_another() -> None:
    mounts = [VolumeMount(volume="logs", mount_path="/data/logs"), VolumeMount(volume="data", mount_path="/data")]
    assert Container(name="app", image="a", volume_mounts=mounts).volume_mounts == (*mounts,)

"""Where a `LoggingSidecar` sees the logs, and pods in which it cannot run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sidecars.logged_shop import APP, ES, Shop

from patterns.app import App
from patterns.errors import InvalidValue, SynthesisError
from patterns.model import Container, EnvFrom, EnvVar, FieldPath, SecretKey, Volume, VolumeMount
from patterns.model.json import objects_at
from patterns.sidecars.log_output import LogOutput, Stdout
from patterns.sidecars.log_place import check_place
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.testing import synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.deployment import Deployment

DESTINATIONS: dict[str, LogOutput] = {"tail": Stdout(), "fluent-bit": ES}


# --- paths --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("/", "/bin"),
        ("/bin", "/bin"),
        ("/bin/", "/bin"),
        ("/usr", "/usr/bin"),
        ("/usr/lib", "/usr/lib"),
        ("/lib", "/lib"),
        ("/lib64", "/lib64"),
        ("/etc", "/etc/ssl"),
        ("/etc/ssl/certs", "/etc/ssl/certs"),
        ("/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu"),
        ("/usr/lib/aarch64-linux-gnu/", "/usr/lib/aarch64-linux-gnu"),
        ("/proc/logs", "/proc"),
        ("/var/../sys/logs", "/sys"),
    ],
)
@pytest.mark.parametrize("fluent_bit", [False, True])
def test_logs_are_not_mounted_over_the_image_s_own_files(path: str, hidden: str, fluent_bit: bool) -> None:
    if path == "/" and fluent_bit:
        hidden = "/fluent-bit"
    with pytest.raises(InvalidValue) as caught:
        check_place(path, fluent_bit=fluent_bit)
    assert str(caught.value) == (
        f"logs must not be mounted on {path!r} in this sidecar, whose image has what it needs to run in {hidden}; "
        "mount them elsewhere in it: logs=dataclasses.replace(logs, mount_path='/logs')"
    )


@pytest.mark.parametrize("path", ["/fluent-bit", "/fluent-bit/", "/fluent-bit/config", "/fluent-bit/state/logs"])
def test_logs_are_not_mounted_where_fluent_bit_is(path: str) -> None:
    with pytest.raises(InvalidValue, match="whose image has what it needs to run in /fluent-bit"):
        check_place(path, fluent_bit=True)
    check_place(path, fluent_bit=False)


@pytest.mark.parametrize(
    "path", ["/logs", "/var/log/nginx", "/usr/local/tomcat/logs", "/library", "/binlog", "/etc/shop", "/fluent-bits"]
)
def test_logs_may_be_anywhere_else(path: str) -> None:
    check_place(path, fluent_bit=True)
    check_place(path, fluent_bit=False)


@pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS)
def test_the_sidecar_may_see_them_elsewhere_than_the_application(to: LogOutput) -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[APP])
    logs = SharedScratch(web, "app-logs", mount_path="/usr/lib").mount
    with pytest.raises(InvalidValue, match="logs must not be mounted on '/usr/lib'"):
        LoggingSidecar(web, "refused", logs=logs, files=["access.log"], to=to)
    assert web.node.try_remove_child("refused")
    elsewhere = replace(logs, mount_path="/logs")
    LoggingSidecar(web, "log-shipper", logs=elsewhere, files=["access.log"], to=to)
    assert "/logs/access.log" in str(synth(chart))


# --- pods for Windows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pod_spec", [{"os": {"name": "windows"}}, {"nodeSelector": {"kubernetes.io/os": "windows"}}], ids=["os", "node"]
)
def test_a_pod_for_windows_is_refused(pod_spec: dict[str, object]) -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[APP], security=None, pod_spec=pod_spec)  # type: ignore[arg-type]
    logs = SharedScratch(web, "app-logs", mount_path="/logs").mount
    with pytest.raises(InvalidValue) as caught:
        LoggingSidecar(web, "log-shipper", logs=logs, files=["access.log"])
    assert str(caught.value) == (
        "LoggingSidecar 'shop/web/log-shipper': the pod is for Windows, and the images of this sidecar are for Linux; "
        "let the application log to its standard output, or write a Sidecar with an image of your own"
    )


# --- volumes that nobody writes to --------------------------------------------------------------------------------


@pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS)
def test_logs_that_nobody_writes_are_a_finding(to: LogOutput) -> None:
    app = App()
    chart = Chart(app, "shop")
    web = Deployment(chart, "web", containers=[APP])
    logs = VolumeMount(volume=Volume.empty_dir("app-logs"), mount_path="/logs")
    LoggingSidecar(web, "log-shipper", logs=logs, files=["access.log"], to=to)
    with pytest.raises(SynthesisError) as caught:
        app.synth()
    assert (
        "LoggingSidecar 'shop/web/log-shipper' reads the volume 'app-logs', which is empty when the pod starts, and no "
        "other container mounts it to write to it; mount it where the application writes, in a container or with "
        "writers= of a SharedScratch"
    ) in str(caught.value)


def test_the_writer_may_come_after_the_reader() -> None:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[APP])
    logs = VolumeMount(volume=Volume.empty_dir("app-logs", size_limit="256Mi"), mount_path="/logs")
    LoggingSidecar(web, "log-shipper", logs=logs, files=["access.log"])
    SharedScratch(web, "app-logs", mount_path="/logs")
    assert synth(chart)


def test_in_somebody_else_s_pod_too() -> None:
    import cdk8s

    app = App()
    chart = Chart(app, "shop")
    template = {"spec": {"containers": [{"name": "app", "image": "shop:1.4.2"}]}}
    web = cdk8s.ApiObject(chart, "web", api_version="apps/v1", kind="Deployment")
    web.add_json_patch(cdk8s.JsonPatch.add("/spec", {"template": template}))
    logs = VolumeMount(volume=Volume.empty_dir("app-logs"), mount_path="/logs")
    LoggingSidecar(web, "log-shipper", logs=logs, files=["access.log"])
    with pytest.raises(SynthesisError, match="reads the volume 'app-logs', which is empty when the pod starts"):
        app.synth()


# --- a directory for each pod -------------------------------------------------------------------------------------

POD_NAME = EnvVar("POD_NAME", FieldPath("metadata.name"))


def _app(*env: EnvVar) -> tuple[Container, VolumeMount]:
    mount = VolumeMount(volume=Volume.pvc("logs", "logs"), mount_path="/logs", sub_path_expr="$(POD_NAME)")
    from_others = [] if env else [EnvFrom(config_map="shop")]
    return Container(name="app", image="shop:1.4.2", env=env, env_from=from_others, volume_mounts=[mount]), mount


@pytest.mark.parametrize("to", DESTINATIONS.values(), ids=DESTINATIONS)
def test_the_variable_of_the_application_s_directory_comes_along(to: LogOutput) -> None:
    container, mount = _app(EnvVar("TEAM", "shop"), POD_NAME)
    shop = Shop(container)
    LoggingSidecar(shop.web, "log-shipper", logs=mount, files=["access.log"], to=to)
    sidecar = shop.container()
    assert objects_at(sidecar, "env")[0 if to == Stdout() else -1] == POD_NAME.render()
    assert "TEAM" not in str(sidecar["env"])
    assert objects_at(sidecar, "volumeMounts")[0]["subPathExpr"] == "$(POD_NAME)"


def test_a_variable_of_one_s_own_is_left_as_it_is() -> None:
    container, mount = _app(POD_NAME)
    shop = Shop(container)
    LoggingSidecar(shop.web, "log-shipper", logs=mount, files=["access.log"], env={"POD_NAME": "mine"})
    assert shop.container()["env"] == [{"name": "POD_NAME", "value": "mine"}]


@pytest.mark.parametrize("env", [[], [EnvVar("POD_NAME", SecretKey("shop", "name"))]], ids=["none", "secret"])
def test_a_variable_that_cannot_be_copied_is_refused(env: list[EnvVar]) -> None:
    container, mount = _app(*env)
    shop = Shop(container)
    with pytest.raises(
        InvalidValue,
        match=r"^LoggingSidecar 'shop/web/log-shipper': sub_path_expr '\$\(POD_NAME\)' needs the variable 'POD_NAME'",
    ):
        LoggingSidecar(shop.web, "log-shipper", logs=mount, files=["access.log"])

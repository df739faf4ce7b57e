"""`InitFileSeeder` in a pod: whole documents, every source, and what it refuses."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from init_containers.seeded_shop import APP, IMAGE, PAGE, Shop
from syrupy.assertion import SnapshotAssertion

from patterns.app import App
from patterns.errors import InvalidValue
from patterns.init_containers.init_file_seeder import SCRIPT, InitFileSeeder
from patterns.init_containers.seed_source import FromConfigMap, FromDirectory, FromImage, FromSecret
from patterns.model import (
    Capabilities,
    Container,
    EnvVar,
    FieldPath,
    JsonObject,
    ResourceRequirements,
    SecretKey,
    Security,
    SecurityContext,
    Volume,
    VolumeMount,
)
from patterns.model.json import object_at, objects_at
from patterns.testing import assert_start_order, container_of, find, synth
from patterns.tree import Chart
from patterns.volumes.shared_scratch import SharedScratch
from patterns.workloads.pod import Pod
from patterns.workloads.stateful_set import StatefulSet
from patterns.workloads.volume_claim import VolumeClaim

# --- whole documents ----------------------------------------------------------------------------------------------


def test_smallest_call(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop()
    InitFileSeeder(shop.web, "seed-pages", into=shop.pages, files=PAGE)
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: SnapshotAssertion) -> None:
    shop = Shop(security=Security(run_as_user=1000, run_as_group=1000))
    InitFileSeeder(
        shop.web, "first", into=shop.pages, files=FromSecret("certs", {"tls.crt": "certs/server.crt"}), mode="0600"
    )
    InitFileSeeder(
        shop.web,
        "seed-pages",
        into=VolumeMount(volume=shop.pages.volume, mount_path="/srv/www", sub_path="html", read_only=True),
        files={**PAGE, "a/b/logo.png": b"\x89PNG\r\n", "example.env": "URL=postgres://shop:password@localhost/shop\n"},
        mode=0o640,
        not_secret="the example of the manual",
        image="registry.example.com/busybox:1.37.0",
        env={"LANG": "C.UTF-8", "TOKEN": SecretKey("pages", "token")},
        resources=ResourceRequirements(requests={"cpu": "5m"}),
        security=Security(run_as_user=2000),
        before=["first"],
    )
    assert synth(shop.chart) == yaml_snapshot


def test_the_tutorial_s_pod_comes_out_exactly() -> None:
    chart = Chart(App(), "tutorial")
    pod = Pod(
        chart,
        "pod",
        name="init-container-example",
        containers=[Container(name="main-nginx-container", image="nginx", ports=[80])],
        security=None,
        automount_service_account_token=None,
        recommended_labels=False,
    )
    workdir = SharedScratch(pod, "workdir", mount_path="/usr/share/nginx/html", size_limit=None)
    command = ["sh", "-c", "echo 'Hello from Init Container!' > /usr/share/nginx/html/index.html"]
    InitFileSeeder(
        pod, "init-myservice", into=workdir.mount, image="busybox", command=command, resources=None, security=None
    )  # fmt: skip
    mounts: list[JsonObject] = [{"name": "workdir", "mountPath": "/usr/share/nginx/html"}]
    assert synth(chart) == [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "init-container-example"},
            "spec": {
                "initContainers": [
                    {"name": "init-myservice", "image": "busybox", "command": command, "volumeMounts": mounts}
                ],
                "containers": [
                    {
                        "name": "main-nginx-container",
                        "image": "nginx",
                        "ports": [{"containerPort": 80}],
                        "volumeMounts": mounts,
                    }
                ],
                "volumes": [{"name": "workdir", "emptyDir": {}}],
            },
        }
    ]


# --- sources ------------------------------------------------------------------------------------------------------


def test_files_in_directories_have_keys_and_paths() -> None:
    shop = Shop()
    shop.seed(files={"a/index.html": "a", "logo.png": b"\xff"})
    config = find(synth(shop.chart), "ConfigMap")
    assert (config["data"], config["binaryData"]) == ({"a_index.html": "a"}, {"logo.png": "/w=="})
    assert object_at(shop.volume("seed-pages-files"), "configMap")["items"] == [
        {"key": "a_index.html", "path": "a/index.html"},
        {"key": "logo.png", "path": "logo.png"},
    ]


def test_a_directory_is_as_its_files(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(PAGE["index.html"])
    literal, directory = Shop(), Shop()
    literal.seed(files=PAGE)
    directory.seed(files=FromDirectory(tmp_path))
    assert synth(literal.chart) == synth(directory.chart)


@pytest.mark.parametrize("source", [FromConfigMap("pages"), FromSecret("pages")])
def test_what_is_in_the_cluster_is_mounted_read_only_and_makes_no_object(source: FromConfigMap | FromSecret) -> None:
    shop = Shop()
    container = shop.seed(files=source)
    assert objects_at(container, "volumeMounts") == [
        {"name": "seed-pages-files", "mountPath": "/seed-source", "readOnly": True},
        {"name": "pages", "mountPath": "/seed-target"},
    ]
    assert [document["kind"] for document in synth(shop.chart)] == ["Deployment"]


def test_an_image_is_mounted_beside_the_seeder() -> None:
    shop = Shop()
    container = shop.seed(files=IMAGE)
    source = "/seed-source/usr/share/nginx/html"
    assert container["image"] == "docker.io/library/busybox:1.37.0"
    assert container["command"] == ["sh", "-c", SCRIPT, "seed-pages", source, "/seed-target", "0644"]
    assert shop.volume("seed-pages-files")["image"] == {"reference": "registry.example.com/site:1.2"}


def test_an_image_copies_from_itself_where_the_target_mounts_none() -> None:
    container = Shop(target="1.34").seed(files=IMAGE)
    assert container["image"] == "registry.example.com/site:1.2"
    assert container["command"] == ["sh", "-c", SCRIPT, "seed-pages", "/usr/share/nginx/html", "/seed-target", "0644"]
    assert [mount["name"] for mount in objects_at(container, "volumeMounts")] == ["pages"]


def test_kubernetes_expands_nothing_in_a_path_of_an_image() -> None:
    container = Shop().seed(files=FromImage("registry.example.com/site:1.2", "/$(HOSTNAME)"))
    assert "/$$(HOSTNAME)" in str(container["command"])


@pytest.mark.parametrize(("mode", "rendered"), [("0600", ["0600"]), (0o755, ["0755"]), ("0o444", ["0444"]), (None, [])])
def test_the_mode_is_an_argument(mode: int | str | None, rendered: list[str]) -> None:
    command = Shop(security=Security(run_as_user=1000)).seed(files=PAGE, mode=mode)["command"]
    assert isinstance(command, list)
    assert command[6:] == rendered


def test_a_command_of_one_s_own_finds_the_files_and_the_application_s_path() -> None:
    container = Shop().seed(files=PAGE, command=["cp", "/seed-source/index.html", "/srv/www/"])
    assert [mount["mountPath"] for mount in objects_at(container, "volumeMounts")] == ["/seed-source", "/srv/www"]


def test_a_read_only_mount_is_written_by_the_seeder_alone() -> None:
    shop = Shop()
    read_only = VolumeMount(
        volume=shop.pages.volume, mount_path="/srv/www", read_only=True, recursive_read_only="IfPossible"
    )
    container = shop.seed(files=PAGE, into=read_only)
    assert objects_at(container, "volumeMounts")[1] == {"name": "pages", "mountPath": "/seed-target"}


def test_a_claim_template_is_named() -> None:
    chart = Chart(App(), "shop")
    claim = VolumeClaim(name="data", size="1Gi")
    database = StatefulSet(chart, "db", containers=[APP], volume_claims=[claim])
    into = VolumeMount(volume="data", mount_path="/data", sub_path="www")
    InitFileSeeder(database, "seed-pages", files=PAGE, into=into)
    container = container_of(find(synth(chart), "StatefulSet"), "seed-pages")
    assert objects_at(container, "volumeMounts")[1] == {"name": "data", "mountPath": "/seed-target", "subPath": "www"}


def test_two_seeders_in_one_pod_do_not_meet() -> None:
    shop = Shop()
    shop.seed("first", files=PAGE)
    shop.seed("second", files={"other.html": "x"}, before=["first"])
    assert_start_order(shop.deployment(), "second", "first", "app")
    assert len([document for document in synth(shop.chart) if document["kind"] == "ConfigMap"]) == 2


def test_a_long_name_has_a_volume_of_its_own() -> None:
    shop = Shop()
    container = shop.seed("x" * 63, files=PAGE)
    assert objects_at(container, "volumeMounts")[0]["name"] == f"{'x' * 48}-75220b47-files"


def test_somebody_else_s_workload_is_seeded_too() -> None:
    from cdk8s import ApiObject, JsonPatch  # after patterns, which finds Node

    chart = Chart(App(), "theirs", namespace="shop")
    containers = [{"name": "web", "image": "nginx:1.29", "securityContext": {"runAsUser": 101, "runAsGroup": 101}}]
    theirs = ApiObject(chart, "web", api_version="apps/v1", kind="Deployment")
    theirs.add_json_patch(JsonPatch.add("/spec", {"template": {"spec": {"containers": containers}}}))
    pages = SharedScratch(theirs, "pages", mount_path="/srv/www")
    InitFileSeeder(theirs, "seed-pages", into=pages.mount, files=PAGE)
    documents = synth(chart)
    context = object_at(container_of(find(documents, "Deployment"), "seed-pages"), "securityContext")
    assert (context["runAsUser"], context["runAsGroup"]) == (101, 101)
    assert object_at(find(documents, "ConfigMap"), "metadata")["namespace"] == "shop"


# --- the pods roll ------------------------------------------------------------------------------------------------


def test_a_changed_file_is_another_config_map_and_the_order_of_files_does_not_matter() -> None:
    def mounted(files: dict[str, str | bytes]) -> object:
        shop = Shop()
        shop.seed(files=files)
        config = find(synth(shop.chart), "ConfigMap")
        assert config["immutable"] is True
        assert object_at(config, "metadata")["name"] == shop.config_map()
        return shop.config_map()

    one = mounted({"a": "1", "b": "2"})
    assert one == mounted({"b": b"2", "a": "1"})
    assert len({one, mounted({"a": "1", "b": "3"}), mounted({"a": "1", "c": "2"}), mounted({"a": "12", "b": ""})}) == 4


# --- as whom, and with what ---------------------------------------------------------------------------------------


def test_runs_as_the_application_that_mounts_the_volume() -> None:
    web = Container(
        name="web", image="nginx:1.29", security_context=Security(run_as_user=101, run_as_group=102).container()
    )
    other = Container(
        name="other", image="other:1", security_context=Security(run_as_user=7, run_as_group=7).container()
    )
    shop = Shop(web, other)
    pages = SharedScratch(shop.web, "only-web", mount_path="/pages", writers=["web"])
    context = shop.seed(files=PAGE, into=pages.mount)["securityContext"]
    assert isinstance(context, dict)
    assert (context["runAsUser"], context["runAsGroup"]) == (101, 102)


def test_requests_the_volume_s_size_where_it_is_on_the_node_s_disk() -> None:
    def requests(shop: Shop, **options: Any) -> object:
        return object_at(shop.seed(files=PAGE, **options), "resources").get("requests")

    assert requests(Shop()) == {"cpu": "10m", "memory": "16Mi", "ephemeral-storage": "16Mi"}
    assert requests(Shop(size_limit=None)) == {"cpu": "10m", "memory": "16Mi"}
    assert requests(Shop(medium="Memory")) == {"cpu": "10m", "memory": "16Mi"}
    assert requests(Shop(), resources=ResourceRequirements(requests={"cpu": "1m"})) == {"cpu": "1m"}
    assert requests(Shop(), resources=None) is None


def test_has_memory_for_what_it_copies_out_of_an_image_into_memory() -> None:
    def memory(shop: Shop, **options: Any) -> tuple[object, object]:
        resources = object_at(shop.seed(**options), "resources")
        return object_at(resources, "requests").get("memory"), object_at(resources, "limits").get("memory")

    assert memory(Shop(medium="Memory", size_limit="64Mi"), files=IMAGE) == ("80Mi", "80Mi")
    assert memory(Shop(medium="Memory", size_limit="64Mi"), files=PAGE) == ("16Mi", "16Mi")
    assert memory(Shop(size_limit="64Mi"), files=IMAGE) == ("16Mi", "16Mi")
    own = ResourceRequirements(limits={"memory": "8Mi"})
    assert memory(Shop(medium="Memory", size_limit="64Mi"), files=IMAGE, resources=own) == (None, "8Mi")


@pytest.mark.parametrize(
    ("security", "mode"),
    [
        (Security(run_as_user=1000), "0400"),
        (Security(run_as_group=1000), "0640"),
        (Security(fs_group=1000), "0440"),
        (Security(run_as_user=0, run_as_group=0, run_as_non_root=False), "0640"),
        (Security(), "0604"),
        (Security(), None),
    ],
)
def test_a_mode_by_which_the_application_can_read_is_taken(security: Security, mode: str | None) -> None:
    shop = Shop(security=security)
    shop.seed(files=PAGE, mode=mode)


@pytest.mark.parametrize(
    ("capabilities", "reads"),
    [
        (None, True),
        (Capabilities(drop=["ALL"]), False),
        (Capabilities(drop=["DAC_OVERRIDE"]), False),
        (Capabilities(add=["DAC_OVERRIDE"], drop=["ALL"]), True),
    ],
)
def test_a_root_that_permissions_do_not_stop_reads_every_mode(capabilities: Capabilities | None, reads: bool) -> None:
    root = SecurityContext(run_as_user=0, run_as_group=0, run_as_non_root=False, capabilities=capabilities)
    shop = Shop(Container(name="app", image="registry.example.com/shop:1.4.2", security_context=root), security=None)
    with nullcontext() if reads else pytest.raises(InvalidValue, match="mode must let the application read"):
        shop.seed(files=PAGE, mode="0600")


def test_the_mode_of_a_command_of_one_s_own_is_its_own_affair() -> None:
    Shop().seed(files=PAGE, mode="0600", command=["cp", "/seed-source/index.html", "/srv/www/"])


def test_the_variable_of_the_application_s_directory_comes_along() -> None:
    mount = VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/srv/www", sub_path_expr="$(SITE)-$(POD_NAME)")
    env = [EnvVar("SITE", "shop"), EnvVar("POD_NAME", FieldPath("metadata.name")), EnvVar("TEAM", "web")]
    shop = Shop(Container(name="app", image="shop:1.4.2", env=env, volume_mounts=[mount]), mount_path="/other")
    container = shop.seed(files=PAGE, into=mount, env={"LANG": "C.UTF-8", "SITE": "mine"})
    assert [variable["name"] for variable in objects_at(container, "env")] == ["POD_NAME", "LANG", "SITE"]
    assert objects_at(container, "volumeMounts")[1]["subPathExpr"] == "$(SITE)-$(POD_NAME)"

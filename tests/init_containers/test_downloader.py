"""What a ``Downloader`` renders, and what it refuses. What it does with a server is in the integration tier."""

from __future__ import annotations

from typing import Any

import pytest
import somebody_elses

from patterns import (
    App,
    Chart,
    ConfigMapKey,
    Container,
    Deployment,
    Downloader,
    Job,
    JsonObject,
    PatternError,
    ResourceRequirements,
    SecretKey,
    Security,
    SharedScratch,
    Volume,
    VolumeMount,
)
from patterns.init_containers.downloader import SCRIPT
from patterns.model.json import objects_at
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/search:2.1.0")
URL = "https://models.example.com/model-1.2.bin"
SUM = "0a" * 32


class Shop:
    """A workload with a volume."""

    def __init__(self, **options: Any) -> None:
        self.chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
        self.web = Deployment(self.chart, "web", containers=[APP], **options)
        self.models = SharedScratch(self.web, "models", mount_path="/models", size_limit="2Gi", readers=["app"]).mount

    def download(self, **options: Any) -> None:
        Downloader(self.web, "fetch", **{"into": self.models, "url": URL, "sha256": SUM, **options})

    def container(self) -> JsonObject:
        return container_of(find(synth(self.chart), "Deployment"), "fetch")

    def words(self) -> list[object]:
        command = self.container()["command"]
        assert isinstance(command, list)
        assert command[2] == SCRIPT
        return [*command[3:]]


def test_smallest_call(yaml_snapshot: object) -> None:
    shop = Shop()
    Downloader(shop.web, "fetch-model", into=shop.models, url=URL, sha256=SUM)
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    shop = Shop(security=Security(run_as_user=1000, run_as_group=1000))
    shop.download(
        file="model",
        extract="tar.gz",
        mode="0640",
        max_size="1Gi",
        timeout_seconds=60,
        header=SecretKey("models", "authorization"),
        ca=ConfigMapKey("company-ca", "ca.crt"),
        image="registry.example.com/curl:8.16.0",
        env={"HTTPS_PROXY": "http://proxy.example.com:3128"},
        resources=ResourceRequirements(requests={"memory": "32Mi"}),
        security=Security(read_only_root_filesystem=True),
    )
    assert synth(shop.chart) == yaml_snapshot


def test_nothing_secret_is_an_argument_or_a_variable() -> None:
    shop = Shop()
    shop.download(header=SecretKey("models", "authorization"))
    assert shop.words()[-2:] == ["--header", "@/download-files/header"]
    assert "env" not in shop.container()


def test_the_name_is_the_last_part_of_the_address() -> None:
    shop = Shop()
    shop.download(url="https://a.example.com/x/my%20model.bin?token=1#top")
    assert shop.words()[4] == "my model.bin"


def test_plaintext_needs_a_reason_and_https_never_leads_to_it() -> None:
    shop, plain = Shop(), Shop()
    shop.download()
    assert shop.words()[9:13] == ["--proto", "=https", "--proto-redir", "=https"]
    plain.download(url="http://10.0.0.1/model.bin", allow_plaintext="a mirror in the cluster")
    assert plain.words()[9:13] == ["--proto", "=http,https", "--proto-redir", "=http,https"]


def test_the_volume_s_room_is_the_limit_and_is_asked_for() -> None:
    shop = Shop()
    shop.download()
    assert shop.words()[5] == str(2 * 1024**3)
    resources = shop.container()["resources"]
    assert resources["requests"]["ephemeral-storage"] == "2Gi"  # type: ignore[index, call-overload]


def size_in(container: JsonObject) -> object:
    command = container["command"]
    assert isinstance(command, list)
    return command[command.index(SCRIPT) + 6]


def test_a_claim_has_no_limit_of_its_own() -> None:
    shop = Shop()
    shop.download(into=VolumeMount(volume=Volume.pvc("data", "models"), mount_path="/models"))
    assert size_in(shop.container()) == "0"


def test_it_runs_as_the_application_and_in_a_job_and_beside_somebody_else_s() -> None:
    shop = Shop(security=Security(run_as_user=1000, run_as_group=1000))
    shop.download()
    assert shop.container()["securityContext"]["runAsUser"] == 1000  # type: ignore[index, call-overload]
    chart = Chart(App(), "c")
    for workload in (
        somebody_elses.workload(chart),
        Job(chart, "job", containers=[APP]),
    ):
        models = SharedScratch(workload, "models", mount_path="/models", size_limit="1Gi", readers=["app"])
        Downloader(workload, "fetch", into=models.mount, url=URL, sha256=SUM)
    for kind in ("Deployment", "Job"):
        spec = pod_spec_of(find(synth(chart), kind))
        assert [c["name"] for c in objects_at(spec, "initContainers")] == ["fetch"]


@pytest.mark.parametrize("text", ["$(PATH)", "${HOME}", "a'b", 'a"b', "a;b", "`id`", "%s", "#", "{{x}}", "-o", "[1-9]"])
def test_text_of_a_user_stays_text(text: str) -> None:
    shop = Shop()
    shop.download(file=text, url=f"{URL}?{text.replace('$(', 'x')}")
    assert shop.words()[4] == text.replace("$(", "$$(")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"url": "http://a.example.com/b"},
            "url must begin with https://, got 'http://a.example.com/b'; where",
        ),
        ({"url": "https://"}, f"url must be such as '{URL}', got 'https://'"),
        ({"url": "https://a:99999/b"}, "url must be such as"),
        ({"url": "https://me:pw@a/b"}, "url must hold no user and password"),
        ({"url": "https://a.example.com/"}, "file must be given, since 'https://a.example.com/' has no last part"),
        ({"sha256": "abc"}, "sha256 must be 64 hexadecimal digits in lower case, got 'abc'"),
        ({"sha256": "0A" * 32}, "sha256 must be 64 hexadecimal digits in lower case"),
        ({"file": "../x"}, "file must be a name without a directory"),
        ({"file": ".."}, "file must be a name without a directory"),
        ({"extract": "7z"}, "extract must be 'tar' or 'tar.gz', got '7z'"),
        (
            {"extract": "zip"},
            "extract must be 'tar' or 'tar.gz', got 'zip'; busybox's unzip does not tell links from files before it "
            "makes them: repack it, 'unzip a.zip -d a && tar -czf a.tar.gz -C a .', or",
        ),
        ({"max_size": "3Gi"}, "max_size must be at most the volume's size_limit 2Gi, got 3Gi"),
        ({"max_size": "0"}, "max_size must be over 0, got 0"),
        ({"timeout_seconds": 0}, "timeout_seconds must be at least 1, got 0"),
        ({"allow_plaintext": " "}, "allow_plaintext must give the reason"),
        ({"mode": "0600"}, "mode"),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Shop().download(**options)
    assert message in str(raised.value)


def test_a_volume_that_nobody_can_write_to_is_refused() -> None:
    with pytest.raises(PatternError, match="into must be a volume that can be written"):
        Shop().download(into=VolumeMount(volume=Volume.config_map("c", "c"), mount_path="/c"))

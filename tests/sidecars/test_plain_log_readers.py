"""How log collection fails when it is done plainly, beside the same with ours: each line of the failures, once."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from sidecars.logged_shop import ES, Shop
from sidecars.test_scripts import running

from patterns import App, Chart, Container, Deployment, JsonObject, Volume, VolumeMount
from patterns.errors import SynthesisError
from patterns.model.json import objects_at, text_at
from patterns.pod.checks import Object, judge
from patterns.sidecars.log_output import FluentBitOutput, Stdout
from patterns.sidecars.logging_sidecar import LoggingSidecar
from patterns.sidecars.scripts import tail
from patterns.testing import pod_spec_of, synth
from patterns.volumes.shared_scratch import SharedScratch
from patterns.yaml import read_yaml

TUTORIAL = Path(__file__).parents[1] / "data" / "tutorial" / "sidecar-example.yaml"


def tutorial_pod() -> JsonObject:
    """The tutorial's pod: nginx, and a ``tail -f`` beside it."""
    [document] = read_yaml(TUTORIAL.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.mark.slow
def test_a_plain_tail_ends_where_its_file_is_not_there_yet_and_ours_waits(programs: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    plain = subprocess.run([programs / "tail", "-f", str(log)], capture_output=True, timeout=20, check=False)
    assert plain.returncode != 0
    with running(programs, tail("log", [str(log)]), tmp_path / "out") as ours:
        log.write_text("first\n")
        assert ours.lines(1) == ["first"]


@pytest.mark.slow
def test_a_plain_tail_stays_with_the_rotated_file_and_ours_goes_on_to_the_new_one(
    programs: Path, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text("first\n")
    plain_output = tmp_path / "plain"
    with (
        plain_output.open("wb") as out,
        subprocess.Popen([programs / "tail", "-n", "+1", "-f", str(log)], stdout=out) as plain,
        running(programs, tail("log", [str(log)]), tmp_path / "out") as ours,
    ):
        assert ours.lines(1) == ["first"]
        log.rename(tmp_path / "access.log.1")
        log.write_text("after rotation\n")
        assert ours.lines(2) == ["first", "after rotation"]
        # it looks once a second too
        time.sleep(1.2)
        plain.kill()
    assert plain_output.read_text() == "first\n"


@pytest.mark.slow
def test_a_plain_tail_in_a_shell_loses_the_last_line_and_ours_does_not(programs: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    printed = {}
    for name, command in {
        "plain": ["sh", "-c", f"tail -n +1 -F {log}"],
        "ours": tail("log", [str(log)]),
    }.items():
        log.write_text("first\n")
        with running(programs, command, tmp_path / name) as reader:
            reader.lines(1)
            with log.open("a") as file:
                file.write("last words\n")
            reader.process.send_signal(signal.SIGTERM)
            reader.ended()
            printed[name] = (tmp_path / name).read_text().splitlines()
    assert printed["ours"] == ["first", "last words"]
    if (programs / "tail").resolve().name == "busybox":
        # it looks once a second; GNU's is told by the kernel
        assert printed["plain"] == ["first"]


def test_the_tutorial_s_directory_grows_until_the_node_is_full_and_ours_is_bounded_and_asked_for() -> None:
    volume = objects_at(tutorial_pod(), "spec", "volumes")[0]
    assert volume["emptyDir"] == {}
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES)
    bounded = objects_at(pod_spec_of(shop.deployment()), "volumes")
    assert [v["emptyDir"] for v in bounded if "emptyDir" in v] == [{"sizeLimit": "256Mi"}, {"sizeLimit": "64Mi"}]
    requests = shop.container()["resources"]["requests"]  # type: ignore[index, call-overload]
    assert requests["ephemeral-storage"] == "320Mi"  # type: ignore[index, call-overload]


def test_a_volume_that_hides_an_image_s_links_to_stdout_is_found_where_nobody_reads_it() -> None:
    pod = tutorial_pod()
    without_reader: JsonObject = {
        **pod,
        "spec": {**pod_spec_of(pod), "containers": [*objects_at(pod, "spec", "containers")[:1]]},
    }
    shop = Shop(Container(name="nginx", image="docker.io/nginxinc/nginx-unprivileged:1.29.3"))
    logs = SharedScratch(shop.web, "var-logs", mount_path="/var/log/nginx").mount
    LoggingSidecar(shop.web, "log-shipper", logs=logs, files=["access.log", "error.log"])
    every = (pod, without_reader, shop.deployment())
    rules = [{f.rule for f in judge(opinions=True).object(Object(each))} for each in every]
    assert ["logs-hidden" in found for found in rules] == [False, True, False]


def test_a_classic_collector_is_stopped_beside_the_application_and_ours_after_it() -> None:
    classic, native = Shop(), Shop()
    LoggingSidecar(classic.web, "log-shipper", logs=classic.logs, files=["access.log"], native=False)
    LoggingSidecar(native.web, "log-shipper", logs=native.logs, files=["access.log"])
    # the kubelet signals everything in `containers` at once, and native sidecars when those have ended
    assert [c["name"] for c in objects_at(pod_spec_of(classic.deployment()), "containers")] == ["app", "log-shipper"]
    assert [c["name"] for c in objects_at(pod_spec_of(native.deployment()), "initContainers")] == ["log-shipper"]


@pytest.mark.parametrize("multiline", ["java", "python"])
def test_a_stack_trace_is_one_record_only_where_a_parser_is_named(multiline: str) -> None:
    plain, ours = Shop(), Shop()
    LoggingSidecar(plain.web, "log-shipper", logs=plain.logs, files=["app.log"], to=ES)
    LoggingSidecar(ours.web, "log-shipper", logs=ours.logs, files=["app.log"], to=ES, multiline=multiline)
    [each] = objects_at(plain.configuration(), "pipeline", "inputs")
    assert "multiline.parser" not in each
    [each] = objects_at(ours.configuration(), "pipeline", "inputs")
    assert each["multiline.parser"] == multiline


def ways(shop: Shop) -> list[str]:
    """By which a line leaves the pod: each output of Fluent Bit, and what the node's agent reads of a container."""
    found = []
    configurations = [d for d in synth(shop.chart) if d["kind"] == "ConfigMap"]
    for config in configurations:
        outputs = objects_at(yaml.safe_load(text_at(config, "data", "fluent-bit.yaml")), "pipeline", "outputs")
        found += ["node" if output["name"] == "stdout" else str(output["name"]) for output in outputs]
    tails = [c for c in objects_at(pod_spec_of(shop.deployment()), "initContainers") if "tail" in str(c["command"])]
    return [*found, *("node" for _ in tails)]


def test_a_line_leaves_the_pod_once_and_twice_where_it_is_printed_too() -> None:
    """The node's agent reads what is printed. Fluent Bit prints none: see ``test_fluent_bit_delivers.py``."""
    plain = Shop()
    LoggingSidecar(plain.web, "printer", logs=plain.logs, files=["access.log"])
    LoggingSidecar(plain.web, "log-shipper", logs=plain.logs, files=["access.log"], to=ES)
    assert ways(plain) == ["es", "node"]
    for to, way in ((Stdout(), "node"), (ES, "es"), (FluentBitOutput("stdout"), "node")):
        shop = Shop()
        LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=to)
        assert ways(shop) == [way]


def test_a_collector_that_nobody_writes_for_is_found() -> None:
    app = App()
    web = Deployment(Chart(app, "c"), "web", containers=[Container(name="app", image="registry.example.com/a:1.0")])
    nowhere = VolumeMount(volume=Volume.empty_dir("logs", size_limit="1Mi"), mount_path="/logs")
    LoggingSidecar(web, "log-shipper", logs=nowhere, files=["a.log"])
    with pytest.raises(SynthesisError, match="no other container"):
        app.synth()


def test_synthesis_of_the_good_form_finds_nothing() -> None:
    shop = Shop()
    LoggingSidecar(shop.web, "log-shipper", logs=shop.logs, files=["access.log"], to=ES)
    every = judge(opinions=False)
    assert [f for document in synth(shop.chart) for f in every.object(Object(document)) if f.stops] == []

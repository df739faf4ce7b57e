"""Rendering: what the pod gains, what is refused, and the script with hostile templates and values."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import somebody_elses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from init_containers.seeding import NOBODY

from patterns import (
    App,
    Chart,
    ConfigFileRenderer,
    ConfigMap,
    Container,
    Deployment,
    EnvSource,
    FieldPath,
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
from patterns.init_containers.config_file_renderer import SCRIPT
from patterns.init_containers.template import checked_templates
from patterns.model.json import object_at, objects_at, text_at
from patterns.testing import container_of, find, pod_spec_of, synth

APP = Container(name="app", image="registry.example.com/shop:1.4.2")
TEMPLATE = "listen ${PORT}\npassword ${PASSWORD}\n"
VALUES: dict[str, str | EnvSource] = {"PORT": "8080", "PASSWORD": SecretKey("db", "password")}


class Shop:
    """A workload with a directory for its configuration."""

    def __init__(self, **options: Any) -> None:
        self.chart = Chart(App(), "shop", namespace="shop", disable_resource_name_hashes=True)
        self.web = Deployment(self.chart, "web", containers=[APP], **options)
        self.config = SharedScratch(self.web, "config", mount_path="/etc/app", size_limit="1Mi", readers=["app"]).mount

    def render(self, **options: Any) -> None:
        given: dict[str, Any] = {"into": self.config, "templates": {"app.conf": TEMPLATE}, "values": VALUES}
        ConfigFileRenderer(self.web, "render", **{**given, **options})

    def container(self) -> JsonObject:
        return container_of(find(synth(self.chart), "Deployment"), "render")


def test_smallest_call(yaml_snapshot: object) -> None:
    shop = Shop()
    ConfigFileRenderer(shop.web, "render", into=shop.config, templates={"app.conf": TEMPLATE}, values=VALUES)
    assert synth(shop.chart) == yaml_snapshot


def test_every_option(yaml_snapshot: object) -> None:
    shop = Shop(security=Security(run_as_user=1000, run_as_group=1000))
    shop.render(
        templates={"nginx.conf": "listen ${PORT};\n", "conf.d/$(HOME).conf": "ip ${IP};"},
        values={"PORT": "8080", "IP": FieldPath("status.podIP")},
        mode="0640",
        check=["nginx", "-t", "-c", "{}/nginx.conf"],
        not_secret="an example",
        image="docker.io/nginxinc/nginx-unprivileged:1.29.3",
        env={"NGINX_ENTRYPOINT_QUIET_LOGS": "1"},
        resources=ResourceRequirements(requests={"memory": "32Mi"}),
        security=Security(read_only_root_filesystem=True),
    )
    assert synth(shop.chart) == yaml_snapshot


def test_no_value_is_an_argument_or_in_the_config_map() -> None:
    shop = Shop()
    shop.render()
    documents = synth(shop.chart)
    assert find(documents, "ConfigMap")["data"] == {"app.conf": TEMPLATE}
    container = shop.container()
    assert "8080" not in str(container["command"])
    assert [text_at(variable, "name") for variable in objects_at(container, "env")] == ["PORT", "PASSWORD"]


def test_a_changed_template_or_value_rolls_the_pods_and_the_same_does_not() -> None:
    def template(text: str, port: str) -> object:
        shop = Shop()
        shop.render(templates={"app.conf": text}, values={"PORT": port})
        return find(synth(shop.chart), "Deployment")["spec"]

    assert template("a ${PORT}", "1") == template("a ${PORT}", "1")
    assert template("a ${PORT}", "1") != template("b ${PORT}", "1")
    assert template("a ${PORT}", "1") != template("a ${PORT}", "2")


def test_a_changed_config_map_of_one_name_rolls_nothing_and_ours_has_another_name() -> None:
    """The plain form: pods go on with what they read at their start, and the next one has something else."""

    def plain(text: str) -> JsonObject:
        shop = Shop()
        config = ConfigMap(shop.chart, "config", data={"app.conf": text})
        mount = VolumeMount(volume=Volume.config_map("plain", config.name), mount_path="/etc/plain", read_only=True)
        Deployment(shop.chart, "plain", containers=[replace(APP, volume_mounts=[mount])])
        documents = synth(shop.chart)
        return {text_at(d, "kind") + text_at(d, "metadata", "name"): d for d in documents}

    one, two = plain("a"), plain("b")
    assert [name for name in one if one[name] != two[name]] == ["ConfigMapshop-config"]

    def ours(text: str) -> set[str]:
        shop = Shop()
        shop.render(templates={"app.conf": text}, values={})
        documents = synth(shop.chart)
        name = text_at(find(documents, "ConfigMap"), "metadata", "name")
        assert name in str(pod_spec_of(find(documents, "Deployment")))
        return {name}

    assert not ours("a") & ours("b")


def test_a_value_is_not_expanded_by_kubernetes() -> None:
    shop = Shop()
    shop.render(templates={"a": "${A}"}, values={"A": "$(HOME)"})
    assert objects_at(shop.container(), "env")[0]["value"] == "$$(HOME)"


def test_it_is_placed_on_somebody_else_s_workload_and_in_a_job() -> None:
    chart = Chart(App(), "c")
    for workload in (
        somebody_elses.workload(chart),
        Job(chart, "job", containers=[APP]),
    ):
        config = SharedScratch(workload, "config", mount_path="/etc/app", size_limit="1Mi", readers=["app"])
        ConfigFileRenderer(workload, "render", into=config.mount, templates={"a": "${A}"}, values={"A": "b"})
    for kind in ("Deployment", "Job"):
        spec = pod_spec_of(find(synth(chart), kind))
        assert [c["name"] for c in objects_at(spec, "initContainers")] == ["render"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"templates": {}, "values": {}}, "templates must hold at least one file"),
        (
            {"templates": {"a": "x\ny ${PRT}"}, "values": {"PORT": "1"}},
            "templates['a'], line 2: variable 'PRT' has no value; values has 'PORT'; for the text itself write $${PRT}",
        ),
        (
            {"templates": {"a": "${PORT"}, "values": {}},
            "line 1: ${ must begin a variable such as ${PORT}, got '${PORT'",
        ),
        ({"templates": {"a": "${A-b}"}, "values": {}}, "got '${A-b}'; for the text itself write $${"),
        ({"values": {**VALUES, "OTHER": "1"}}, "values['OTHER'] is in no template; take it out, or write ${OTHER}"),
        ({"templates": {"a": "${PATH}"}, "values": {"PATH": "/"}}, "values['PATH']: name must be another one"),
        ({"templates": {"../a": "${PORT}${PASSWORD}"}}, "templates['../a']"),
        (
            {"templates": {"a": "password: hunter2hunter2 ${PORT}${PASSWORD}\n-----BEGIN PRIVATE KEY-----"}},
            "templates['a'] holds a private key",
        ),
        ({"mode": "0600"}, "mode"),
        ({"not_secret": ""}, "not_secret must give the reason why no template is a secret"),
    ],
)
def test_a_mistake_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(PatternError) as raised:
        Shop().render(**options)
    assert message in str(raised.value)


def test_a_volume_that_nobody_can_write_to_is_refused() -> None:
    with pytest.raises(PatternError, match="into must be a volume that can be written"):
        Shop().render(into=VolumeMount(volume=Volume.config_map("c", "c"), mount_path="/c"))


# --- the script -------------------------------------------------------------------------------------------------------


class Directories:
    """Templates and target, in a directory of the test."""

    def __init__(self, programs: Path, directory: Path) -> None:
        self.programs = programs
        self.source = directory / "templates"
        self.target = directory / "target"
        self.source.mkdir(exist_ok=True)
        self.target.mkdir(exist_ok=True)

    def run(
        self,
        templates: Mapping[str, str],
        values: Mapping[str, str],
        check: Sequence[str] = (),
        mode: str = "0644",
        user: int | None = None,
    ) -> subprocess.CompletedProcess[str]:
        for name, text in templates.items():
            file = self.source / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        words = [str(self.source), str(self.target), mode, str(len(templates)), *templates, *check]
        env = {"PATH": str(self.programs), "HOSTNAME": "web-0", "LC_ALL": "C.UTF-8", **values}
        command = [str(self.programs / "sh"), "-c", SCRIPT, "render", *words]
        return subprocess.run(
            command, env=env, user=user, group=user, capture_output=True, text=True, timeout=30, check=False
        )

    def left(self) -> list[str]:
        return sorted(str(path.relative_to(self.target)) for path in self.target.rglob("*"))


@pytest.fixture
def directories(renderer: Path, tmp_path: Path) -> Directories:
    return Directories(renderer, tmp_path)


HOSTILE = [
    "a'b",
    'a"b',
    "a&b",
    "a\\b\\n\\1",
    "${HOME}",
    "$${",
    "$HOME `id` $(id)",
    "two\nlines",
    "%s %d",
    "#{x}",
    "",
    "ü",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_put_in_as_it_is(directories: Directories, value: str) -> None:
    ran = directories.run({"a.conf": "x=${A}; ${A}\nend\n"}, {"A": value})
    assert ran.returncode == 0, ran.stderr
    assert (directories.target / "a.conf").read_text() == f"x={value}; {value}\nend\n"


def test_two_dollars_are_the_text_itself_and_other_dollars_are_text(directories: Directories) -> None:
    text = "$${A} $A $$ ${A}$${A}${A} {A} $ {A} }\n"
    assert directories.run({"a": text}, {"A": "1"}).returncode == 0
    assert (directories.target / "a").read_text() == "${A} $A $$ 1${A}1 {A} $ {A} }\n"


PARTS = ("${A}", "${B}", "$${", "$", "{", "}", "\\", "&", "a", " ", "\n", "$$ ")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    parts=st.lists(st.sampled_from(PARTS), max_size=30),
    first=st.text("ab$\\&{}'\"\n ", max_size=8),
)
def test_any_text_comes_out_as_python_renders_it(directories: Directories, parts: list[str], first: str) -> None:
    text = "".join(parts)
    values = {"A": first, "B": "b"}
    try:
        template = checked_templates({"a": text}, values)["a"].decode()
    except PatternError:
        return
    assert directories.run({"a": template}, values).returncode == 0
    expected, rest = "", template
    while rest:
        if rest.startswith("$${"):
            expected, rest = f"{expected}${{", rest[3:]
        elif rest.startswith("${"):
            name, _, rest = rest[2:].partition("}")
            expected += values[name]
        else:
            expected, rest = expected + rest[0], rest[1:]
    assert (directories.target / "a").read_text() == expected


def test_a_variable_without_a_value_is_an_error_and_no_file_changes(directories: Directories) -> None:
    (directories.target / "a").write_text("old")
    ran = directories.run({"a": "new\n", "b": "x\n${MISSING}\n"}, {})
    assert ran.returncode == 1
    assert ran.stderr == "render: template b, line 2: variable MISSING has no value\n"
    assert (directories.target / "a").read_text() == "old"
    assert directories.left() == ["a"]


def test_the_plain_form_leaves_a_blank_and_doubles_lines(directories: Directories) -> None:
    plain = f'echo "password $MISSING" >>{directories.target}/a'
    for _ in range(2):
        subprocess.run([str(directories.programs / "sh"), "-c", plain], env={}, check=True)
    assert (directories.target / "a").read_text() == "password \n" * 2
    for _ in range(2):
        assert directories.run({"a": "password ${A}\n"}, {"A": "x"}).returncode == 0
    assert (directories.target / "a").read_text() == "password x\n"


#: what awk is when the node goes down in the middle: half of its output is written, and nobody cleans up
CRASH = "echo half\nkill -KILL $PPID\n"


def test_a_crash_leaves_half_a_file_in_the_plain_form_and_the_old_one_in_ours(directories: Directories) -> None:
    awk = directories.programs / "awk"
    whole = awk.readlink()
    awk.unlink()
    awk.write_text(f"#!{directories.programs}/sh\n{CRASH}")
    awk.chmod(0o755)
    for name in ("plain", "ours"):
        (directories.target / name).write_text("old\n")
    words = [str(directories.programs / "sh"), "-c", f"awk 1 a >{directories.target}/plain; exit 1"]
    ran = subprocess.run(words, env={"PATH": str(directories.programs)}, check=False)
    assert ran.returncode == -signal.SIGKILL
    assert (directories.target / "plain").read_text() == "half\n"
    assert directories.run({"ours": "new\n"}, {}).returncode == -signal.SIGKILL
    assert (directories.target / "ours").read_text() == "old\n"
    awk.unlink()
    awk.symlink_to(whole)
    assert directories.run({"ours": "new\n"}, {}).returncode == 0
    assert directories.left() == ["ours", "plain"]
    assert (directories.target / "ours").read_text() == "new\n"


def test_the_application_s_user_cannot_read_what_root_wrote_plainly_and_reads_ours(
    directories: Directories, tmp_path: Path
) -> None:
    if os.geteuid():
        pytest.skip("only root can run the script as another user")
    shop = Shop(security=Security(run_as_user=NOBODY, run_as_group=NOBODY))
    shop.render(mode="0640")
    assert object_at(shop.container(), "securityContext")["runAsUser"] == NOBODY
    for folder in (tmp_path, *list(tmp_path.parents)[:3], directories.programs, *directories.programs.parents[:2]):
        folder.chmod(0o755)
    directories.target.chmod(0o777)

    def readable(name: str) -> bool:
        words = ["cat", str(directories.target / name)]
        read = subprocess.run(words, user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, check=False)
        return read.returncode == 0

    plain = f"echo secret >{directories.target}/plain; chmod 0640 {directories.target}/plain"
    subprocess.run([str(directories.programs / "sh"), "-c", plain], env={"PATH": str(directories.programs)}, check=True)
    assert not readable("plain")
    ran = directories.run({"ours": "secret\n"}, {}, mode="0640", user=NOBODY)
    assert ran.returncode == 0, ran.stderr
    assert readable("ours")


def test_where_the_check_fails_nothing_is_renamed(directories: Directories) -> None:
    (directories.target / "a").write_text("old")
    check = ["sh", "-c", 'read -r line <"$1"; echo "bad: $line"; exit 1', "x", "{}/a"]
    ran = directories.run({"a": "new\n"}, {}, check)
    assert ran.returncode == 1
    assert ran.stderr.splitlines() == ["bad: new", "render: the check of the rendered files failed"]
    assert (directories.target / "a").read_text() == "old"
    assert directories.run({"a": "new\n"}, {}, ["sh", "-c", "exit 0"]).returncode == 0
    assert (directories.target / "a").read_text() == "new\n"


def test_names_directories_and_modes(directories: Directories) -> None:
    names = ["a b.conf", "-n", "conf.d/x/y.conf", "$(HOME)", "'", "*"]
    ran = directories.run(dict.fromkeys(names, "1\n"), {}, mode="0640")
    assert ran.returncode == 0, ran.stderr
    assert {(directories.target / name).stat().st_mode & 0o777 for name in names} == {0o640}
    assert (directories.target / "conf.d/x").stat().st_mode & 0o777 == 0o755


def test_links_are_replaced_and_never_followed(directories: Directories, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (directories.target / "conf.d").symlink_to(outside)
    (directories.target / "a").symlink_to(outside / "a")
    assert directories.run({"a": "1\n", "conf.d/b": "2\n"}, {}).returncode == 0
    assert list(outside.iterdir()) == []
    assert (directories.target / "conf.d/b").read_text() == "2\n"


def test_what_a_run_that_was_cut_off_left_behind_goes(directories: Directories) -> None:
    (directories.target / ".render.web-0.unfinished" / "a").mkdir(parents=True)
    assert directories.run({"a": "1\n"}, {}).returncode == 0
    assert directories.left() == ["a"]

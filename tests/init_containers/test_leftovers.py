"""What killed runs left in a volume that outlives their pods: it goes, and nothing else does."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from init_containers.seeding import NOBODY
from shells import KINDS, link_tools

from patterns import (
    App,
    Chart,
    ConfigFileRenderer,
    Container,
    Deployment,
    Downloader,
    InitFileSeeder,
    JsonObject,
    SharedScratch,
    Volume,
    VolumeMount,
)
from patterns.init_containers import config_file_renderer, downloader, init_file_seeder
from patterns.init_containers.leftovers import sweeping
from patterns.testing import container_of, find, synth

CLAIM = VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/data")
SWEEPING = ("sh", "find", "mv", "rm")
#: of the three patterns, with what they work
ALL = ("awk", "chmod", "cp", "mkdir", "sync")
HOUR = 3600
PATTERNS = ("render", "seed", "fetch")


class Volumes:
    """A volume of several pods."""

    def __init__(self, programs: Path, target: Path) -> None:
        self.programs = programs
        self.target = target

    def run(
        self, command: Sequence[str] = ("sh", "-c", "exit 0"), *, name: str = "seed", pod: str = "web-1", user: int = 0
    ) -> subprocess.CompletedProcess[str]:
        words = sweeping(command, name, into=CLAIM, target=str(self.target))
        return subprocess.run(
            [str(self.programs / "sh"), *words[1:]],
            env={"PATH": str(self.programs), "HOSTNAME": pod},
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=30,
            check=False,
            user=user or None,
        )

    def left(self) -> list[str]:
        return sorted(path.name for path in self.target.iterdir())


@pytest.fixture(params=KINDS)
def volumes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, target: Path) -> Volumes:
    programs = link_tools(request.param, tmp_path_factory.mktemp("bin"), (*SWEEPING, *ALL))
    for folder in (programs, *programs.parents[:3]):
        folder.chmod(0o755)
    return Volumes(programs, target)


def leftover(target: Path, name: str = ".seed.web-0.unfinished", *, age: float = 2 * HOUR) -> Path:
    """Work of a run that wrote last so many seconds ago."""
    folder = target / name
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "half").write_text("half")
    aged(folder, age)
    return folder


def aged(folder: Path, age: float) -> None:
    then = time.time() - age
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (then, then), follow_symlinks=False)


# --- the script -------------------------------------------------------------------------------------------------------


def test_what_another_pod_left_goes_and_the_program_is_told_nothing_of_it(volumes: Volumes) -> None:
    leftover(volumes.target)
    leftover(volumes.target, ".seed.web-7.swept.unfinished")
    ran = volumes.run(["sh", "-c", 'printf "<%s>" "$0" "$@"; exit 7', "a b", "", "$(id)", "*"])
    assert (ran.returncode, ran.stdout) == (7, "<a b><><$(id)><*>")
    assert volumes.left() == []
    assert ran.stderr.splitlines()[0].endswith(f"left: {volumes.target}/.seed.web-0.unfinished")


def test_the_program_is_the_first_process_and_gets_its_signals(volumes: Volumes) -> None:
    ran = volumes.run(["sh", "-c", "kill -TERM $$"])
    assert ran.returncode == -15


@pytest.mark.parametrize("fresh", [".", "a", "a/half"])
def test_what_was_written_within_the_hour_stays(volumes: Volumes, fresh: str) -> None:
    folder = leftover(volumes.target)
    then = time.time() - 50 * 60
    os.utime(folder / fresh, (then, then))
    assert volumes.run().returncode == 0
    assert (folder / "a" / "half").read_text() == "half"


def test_its_own_is_left_to_the_program(volumes: Volumes) -> None:
    leftover(volumes.target, ".seed.web-1.unfinished")
    assert volumes.run().returncode == 0
    assert volumes.left() == [".seed.web-1.unfinished"]


@pytest.mark.parametrize(
    "name",
    [
        ".seed.web-0",
        ".seed.local",
        ".seeds.web-0.unfinished",
        ".other.web-0.unfinished",
        "seed.web-0.unfinished",
        ".seed.web-0.unfinished.d",
    ],
)
def test_what_is_no_work_of_this_container_stays(volumes: Volumes, name: str) -> None:
    leftover(volumes.target, name)
    assert volumes.run().returncode == 0
    assert volumes.left() == [name]


@pytest.mark.parametrize("pod", ["a b", "$(touch evil)", "*", "-rf", "two\nlines", "'\"", "\udcff", "..", "x/y"])
def test_hostile_names_are_names(volumes: Volumes, pod: str) -> None:
    keep = volumes.target / "keep"
    keep.write_text("kept")
    aged(volumes.target, 2 * HOUR)
    if "/" not in pod:
        leftover(volumes.target, f".seed.{pod}.unfinished")
        assert volumes.run().returncode == 0
        assert volumes.left() == ["keep"]
    leftover(volumes.target)
    assert volumes.run(pod=pod).returncode == 0
    assert keep.read_text() == "kept"


def test_links_and_files_are_no_work_and_nothing_behind_a_link_is_touched(volumes: Volumes, tmp_path: Path) -> None:
    outside = leftover(tmp_path, "outside")
    (volumes.target / ".seed.link.unfinished").symlink_to(outside)
    (volumes.target / ".seed.dangling.unfinished").symlink_to("nowhere")
    (volumes.target / ".seed.file.unfinished").write_text("")
    with_links = leftover(volumes.target)
    (with_links / "out").symlink_to(outside)
    (with_links / "a" / "up").symlink_to(tmp_path)
    aged(volumes.target, 2 * HOUR)
    assert volumes.run().returncode == 0
    assert volumes.left() == [".seed.dangling.unfinished", ".seed.file.unfinished", ".seed.link.unfinished"]
    assert (outside / "a" / "half").read_text() == "half"


def test_without_find_nothing_is_taken_away(volumes: Volumes) -> None:
    (volumes.programs / "find").unlink()
    leftover(volumes.target)
    assert volumes.run(["sh", "-c", "exit 3"]).returncode == 3
    assert volumes.left() == [".seed.web-0.unfinished"]


def test_what_cannot_be_looked_into_stays_and_is_no_error(volumes: Volumes) -> None:
    if os.geteuid():
        pytest.skip("only root can run the script as another user")
    for folder in (volumes.target, *volumes.target.parents[:4]):
        folder.chmod(0o777 if folder == volumes.target else 0o755)
    leftover(volumes.target).chmod(0o700)
    ran = volumes.run(user=NOBODY)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert volumes.left() == [".seed.web-0.unfinished"]


def test_a_run_that_lives_after_all_finds_its_directory_gone_at_once(volumes: Volumes) -> None:
    """Half of its files taken away under it, it would go on and call the rest whole."""
    folder = leftover(volumes.target)
    rm = volumes.programs / "rm"
    rm.unlink()
    seen = volumes.target.parent / "seen"
    rm.write_text(f'#!{volumes.programs}/sh\n[ ! -e "$2" ] || echo "$2" {volumes.target}/.[!.]* >>"{seen}"\n')
    rm.chmod(0o755)
    assert volumes.run().returncode == 0
    swept = f"{volumes.target}/.seed.web-1.swept.unfinished"
    assert seen.read_text().splitlines() == [f"{swept} {swept}"]
    assert not folder.exists()


def test_what_cannot_be_taken_away_is_no_reason_not_to_start(volumes: Volumes) -> None:
    leftover(volumes.target)
    leftover(volumes.target, ".seed.web-1.swept.unfinished", age=0)
    rm = volumes.programs / "rm"
    rm.unlink()
    rm.write_text(f"#!{volumes.programs}/sh\nexit 1\n")
    rm.chmod(0o755)
    assert volumes.run(["sh", "-c", "exit 5"]).returncode == 5


# --- the patterns -----------------------------------------------------------------------------------------------------


def container(pattern: str, *, claim: bool) -> JsonObject:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
    into = CLAIM if claim else SharedScratch(web, "data", mount_path="/data", size_limit="1Mi", readers=["app"]).mount
    if pattern == "render":
        ConfigFileRenderer(web, "render", into=into, templates={"a": "${A}\n"}, values={"A": "new"})
    elif pattern == "seed":
        InitFileSeeder(web, "seed", into=into, files={"a": "new\n"})
    else:
        Downloader(web, "fetch", into=into, url="https://models.example.com/a", sha256="0a" * 32)
    return container_of(find(synth(chart), "Deployment"), pattern)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_volume_that_ends_with_its_pod_needs_none_of_this(pattern: str) -> None:
    modules = {"render": config_file_renderer, "seed": init_file_seeder, "fetch": downloader}
    bare, swept = (container(pattern, claim=claim)["command"] for claim in (False, True))
    assert isinstance(bare, list) and isinstance(swept, list)
    assert bare[:4] == ["sh", "-c", modules[pattern].SCRIPT, pattern]
    assert swept[3:5] == [pattern, modules[pattern].TARGET]
    # the most bytes of an emptyDir are its size
    assert [word for word in swept[5:] if word != "0"] == [word for word in bare if word != "1048576"]


@pytest.mark.parametrize("pattern", ["render", "seed"])
def test_a_pod_takes_away_what_a_killed_one_left_and_works_beside_one_that_lives(
    volumes: Volumes, tmp_path: Path, pattern: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a").write_text("${A}\n" if pattern == "render" else "new\n")
    leftover(volumes.target, f".{pattern}.web-0.unfinished")
    living = leftover(volumes.target, f".{pattern}.web-2.unfinished", age=60)
    command = container(pattern, claim=True)["command"]
    assert isinstance(command, list)
    places = {f"/{pattern}-target": str(volumes.target)}
    places |= {"/render-templates": str(source), "/seed-source": str(source)}
    words = [places.get(str(word), str(word)) for word in command]
    ran = subprocess.run(
        [str(volumes.programs / "sh"), *words[1:]],
        env={"PATH": str(volumes.programs), "HOSTNAME": "web-1", "A": "new"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert volumes.left() == [living.name, "a"]
    assert (volumes.target / "a").read_text() == "new\n"

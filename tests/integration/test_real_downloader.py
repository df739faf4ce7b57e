"""The rendered command of a ``Downloader`` with the real curl, and servers that do what servers do."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import signal
import stat
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from eventually import eventually
from integration.http_servers import certificate, serving, speak_tls
from integration.programs import program
from integration.rendered import process_of
from shells import KINDS, link_tools

from patterns import (
    App,
    Chart,
    ConfigMapKey,
    Container,
    Deployment,
    Downloader,
    SecretKey,
    SharedScratch,
    Volume,
    VolumeMount,
)
from patterns.testing import container_of, find, synth

CONTENT = os.urandom(300_000)
SUM = hashlib.sha256(CONTENT).hexdigest()
#: what the image has beside curl, all of it busybox's
TOOLS = (
    *("sh", "cat", "chmod", "find", "grep", "gzip", "mkdir", "mv", "od", "rm", "sha256sum", "sleep", "sync"),
    *("tar", "tr", "wc"),
)


CLAIM = VolumeMount(volume=Volume.pvc("models", "models"), mount_path="/models")


class Machine:
    """The container: its directory, and its programs."""

    def __init__(self, directory: Path) -> None:
        self.target = directory / "target"
        self.target.mkdir()
        programs = directory / "bin"
        programs.mkdir()
        link_tools("busybox", programs, TOOLS)
        (programs / "curl").symlink_to(program("curl"))
        self.programs = programs
        self.files = directory / "files"

    def command(self, port: int, name: str = "model.bin", **options: Any) -> list[str]:
        chart = Chart(App(), "shop")
        web = Deployment(chart, "web", containers=[Container(name="app", image="registry.example.com/app:1.0")])
        room = options.pop("room", "1Mi")
        into = CLAIM
        if room is not None:
            into = SharedScratch(web, "models", mount_path="/models", size_limit=room, readers=["app"]).mount
        given = {
            "url": f"http://127.0.0.1:{port}/{name}",
            "sha256": SUM,
            "timeout_seconds": 20,
            "allow_plaintext": "a test",
        }
        Downloader(web, "fetch", into=into, **{**given, **options})
        container = container_of(find(synth(chart), "Deployment"), "fetch")
        paths = {"/download-target": str(self.target), "/download-files": str(self.files)}
        return process_of(container, paths=paths).command

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": str(self.programs), "HOSTNAME": "web-0"}

    def run(
        self, port: int, name: str = "model.bin", pod: str = "web-0", **options: Any
    ) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / "sh"), *self.command(port, name, **options)[1:]]
        env = {**self.environment, "HOSTNAME": pod}
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

    def start(self, port: int, **options: Any) -> subprocess.Popen[bytes]:
        command = [str(self.programs / "sh"), *self.command(port, **options)[1:]]
        return subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True)

    def left(self) -> list[str]:
        """The names in the volume."""
        return sorted(path.name for path in self.target.iterdir())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


#: answers one request, by its number, on the handler
Answer = Callable[[BaseHTTPRequestHandler, int], None]


@contextmanager
def server(answer: Answer, tls: Path | None = None) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """A server, with the headers of what it was asked; with ``tls``, by the certificate in that directory."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({"path": self.path, **{name.lower(): value for name, value in self.headers.items()}})
            answer(self, len(asked))

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    if tls is not None:
        speak_tls(http, tls)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield http.server_address[1], asked
    finally:
        http.shutdown()
        thread.join(10)
        http.server_close()


def send(to: BaseHTTPRequestHandler, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name.replace("_", "-"), value)
    to.send_header("Content-Length", str(len(body) if length is None else length))
    to.end_headers()
    to.wfile.write(body)


def send_range(to: BaseHTTPRequestHandler, body: bytes) -> None:
    """As a server does that knows ranges."""
    asked = to.headers.get("Range")
    if asked is None:
        send(to, 200, body)
        return
    start = int(asked.removeprefix("bytes=").rstrip("-"))
    if start >= len(body):
        send(to, 416, b"")
    else:
        send(to, 206, body[start:], Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")


def test_the_file_is_there_and_is_not_downloaded_again(machine: Machine) -> None:
    with server(lambda to, _: send_range(to, CONTENT)) as (port, asked):
        assert machine.run(port).returncode == 0
        assert (machine.target / "model.bin").read_bytes() == CONTENT
        assert (machine.target / "model.bin").stat().st_mode & 0o777 == 0o644
        again = machine.run(port)
        assert again.returncode == 0
        assert "model.bin is there already" in again.stderr
        assert len(asked) == 1
        assert machine.left() == [".model.bin.sha256", "model.bin"]
        # cut off, or changed to another version, it is downloaded anew
        (machine.target / "model.bin").write_bytes(CONTENT[:10])
        assert machine.run(port).returncode == 0
        assert (machine.target / "model.bin").read_bytes() == CONTENT
        assert len(asked) == 2


def test_a_file_that_is_there_without_its_marker_is_no_proof(machine: Machine) -> None:
    (machine.target / "model.bin").write_bytes(b"half of a download of somebody else's")
    with server(lambda to, _: send(to, 200, CONTENT)) as (port, _):
        assert machine.run(port).returncode == 0
    assert (machine.target / "model.bin").read_bytes() == CONTENT


def test_a_download_that_is_cut_off_goes_on_where_it_ended(machine: Machine) -> None:
    def answer(to: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            send(to, 200, CONTENT[:100_000], length=len(CONTENT))
        else:
            send_range(to, CONTENT)

    with server(answer) as (port, asked):
        assert machine.run(port).returncode == 0
        assert asked[1]["range"] == "bytes=100000-"
    assert (machine.target / "model.bin").read_bytes() == CONTENT


def plain(machine: Machine, port: int, file: str = "model.bin") -> list[str]:
    """As it is written plainly: what is there is taken for the whole."""
    target = machine.target / file
    script = f"[ -f {target} ] || curl --silent --fail --output {target} http://127.0.0.1:{port}/model.bin"
    return [str(machine.programs / "sh"), "-c", script]


def run_plain(machine: Machine, port: int, file: str = "model.bin") -> int:
    return subprocess.run(plain(machine, port, file), env=machine.environment, check=False).returncode


def test_the_plain_form_takes_what_was_cut_off_for_the_whole(machine: Machine) -> None:
    def cut_off(to: BaseHTTPRequestHandler, _: int) -> None:
        send(to, 200, CONTENT[:100_000], length=len(CONTENT))

    with server(cut_off) as (port, asked):
        run_plain(machine, port)
        assert run_plain(machine, port) == 0
        assert len(asked) == 1
    assert (machine.target / "model.bin").read_bytes() == CONTENT[:100_000]


def test_the_plain_form_takes_what_an_evicted_pod_left_for_the_whole(machine: Machine) -> None:
    """Ours leaves no file, and the next one goes on; see below."""
    file = machine.target / "model.bin"
    killed = Event()

    def slow(to: BaseHTTPRequestHandler, _: int) -> None:
        send(to, 200, CONTENT[:50_000], length=len(CONTENT))
        to.wfile.flush()
        killed.wait(20)

    with server(slow) as (port, _):
        evicted = subprocess.Popen(plain(machine, port), env=machine.environment, start_new_session=True)
        assert eventually(lambda: file.exists() and file.stat().st_size > 0)
        os.killpg(evicted.pid, signal.SIGKILL)
        evicted.wait()
        killed.set()
        assert run_plain(machine, port) == 0
    assert CONTENT.startswith(file.read_bytes())
    assert len(file.read_bytes()) < len(CONTENT)


def test_pods_of_one_volume_download_again_and_again_plainly_and_ours_once(machine: Machine) -> None:
    """One after the other, as a workload is scaled out; those that begin together each download, and do not meet."""
    curl = f"curl --silent --fail --output {machine.target}/model.bin"
    with server(lambda to, _: send_range(to, CONTENT)) as (port, asked):
        for _ in range(3):
            words = [str(machine.programs / "sh"), "-c", f"{curl} http://127.0.0.1:{port}/model.bin"]
            subprocess.run(words, env=machine.environment, check=True)
        assert len(asked) == 3
        (machine.target / "model.bin").unlink()
        asked.clear()
        for number in range(3):
            assert machine.run(port, room=None, pod=f"web-{number}").returncode == 0
        assert len(asked) == 1


def test_changed_content_behind_one_address_makes_pods_differ_plainly_and_ours_refuses_it(machine: Machine) -> None:
    content = [CONTENT]
    with server(lambda to, _: send_range(to, content[0])) as (port, _):
        assert (run_plain(machine, port, "plain"), machine.run(port, file="ours").returncode) == (0, 0)
        content[0] = b"the next version"
        # a pod with a directory of its own
        assert run_plain(machine, port, "plain-of-another-pod") == 0
        other = machine.run(port, file="ours-of-another-pod")
    assert (machine.target / "plain").read_bytes() != (machine.target / "plain-of-another-pod").read_bytes()
    assert other.returncode == 1
    assert f"its sha256 is {hashlib.sha256(content[0]).hexdigest()}, and {SUM} was asked for" in other.stderr
    assert not (machine.target / "ours-of-another-pod").exists()
    assert (machine.target / "ours").read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_or_changed_the_file_is_asked_for_all_of_it(machine: Machine) -> None:
    def answer(to: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            send(to, 200, b"x" * 1000, length=len(CONTENT))
        elif number == 2:
            send_range(to, CONTENT)
        else:
            send(to, 200, CONTENT)

    with server(answer) as (port, _):
        ran = machine.run(port)
        assert ran.returncode == 0, ran.stderr
    assert (machine.target / "model.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [404, 503])
def test_an_error_is_asked_again_and_told(machine: Machine, status: int) -> None:
    with server(lambda to, number: send(to, 200 if number > 1 else status, CONTENT)) as (port, _):
        ran = machine.run(port)
    assert ran.returncode == 0
    assert str(status) in ran.stderr


def test_an_error_page_with_200_is_not_the_file(machine: Machine) -> None:
    with server(lambda to, _: send(to, 200, b"<h1>Sign in</h1>")) as (port, asked):
        # the plain form is content
        assert run_plain(machine, port, "plain") == 0
        assert (machine.target / "plain").read_bytes() == b"<h1>Sign in</h1>"
        (machine.target / "plain").unlink()
        asked.clear()
        ran = machine.run(port)
        assert len(asked) == 3
    assert ran.returncode == 1
    assert f"and {SUM} was asked for" in ran.stderr
    assert machine.left() == []


def test_more_than_the_volume_holds_is_not_written_whatever_the_server_says_of_its_length(machine: Machine) -> None:
    def endless(to: BaseHTTPRequestHandler, _: int) -> None:
        to.send_response(200)
        to.end_headers()
        try:
            for _block in range(64):
                to.wfile.write(b"x" * 65536)
        except OSError:
            return

    with server(endless) as (port, _):
        ran = machine.run(port)
    assert ran.returncode == 1
    assert "is over 1048576 bytes" in ran.stderr
    assert machine.left() == []


def test_a_time_that_is_over_is_the_end(machine: Machine) -> None:
    with server(lambda to, _: send(to, 503, b"")) as (port, _):
        ran = machine.run(port, timeout_seconds=2)
    assert ran.returncode == 1
    assert "gave up on http://127.0.0.1" in ran.stderr


def test_a_run_that_is_killed_leaves_no_file_and_the_next_one_goes_on(machine: Machine) -> None:
    part = machine.target / ".fetch.web-0.unfinished" / "part"

    def slow(to: BaseHTTPRequestHandler, number: int) -> None:
        if number > 1:
            send_range(to, CONTENT)
            return
        send(to, 200, CONTENT[:50_000], length=len(CONTENT))
        to.wfile.flush()
        eventually(lambda: not part.exists(), 10)

    with server(slow) as (port, asked):
        running = machine.start(port)
        assert eventually(lambda: part.exists() and part.stat().st_size == 50_000)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        assert machine.left() == [part.parent.name]
        assert machine.run(port).returncode == 0
        assert asked[1]["range"] == "bytes=50000-"
    assert (machine.target / "model.bin").read_bytes() == CONTENT


def test_a_redirect_from_https_to_http_is_not_followed(machine: Machine, tmp_path: Path) -> None:
    tls = certificate(tmp_path / "tls", names="IP:127.0.0.1")
    machine.files.mkdir()
    (machine.files / "ca.crt").write_text((tls / "tls.crt").read_text())
    with server(lambda to, _: send(to, 200, CONTENT)) as (plain, asked):

        def redirect(to: BaseHTTPRequestHandler, _: int) -> None:
            send(to, 302, b"", Location=f"http://127.0.0.1:{plain}/model.bin")

        with server(redirect, tls) as (secure, _):
            url = f"https://127.0.0.1:{secure}/model.bin"
            ca = ConfigMapKey("ca", "ca.crt")
            ran = machine.run(plain, url=url, allow_plaintext=None, ca=ca, timeout_seconds=1)
        assert asked == []
    assert ran.returncode == 1
    assert 'Protocol "http"' in ran.stderr


def test_https_with_an_authority_of_one_s_own_and_a_secret_header(machine: Machine, tmp_path: Path) -> None:
    tls = certificate(tmp_path / "tls", names="IP:127.0.0.1")
    machine.files.mkdir()
    (machine.files / "ca.crt").write_text((tls / "tls.crt").read_text())
    (machine.files / "header").write_text("Authorization: Bearer abc")
    text = "a" * 1000
    with serving(lambda _: (200, text), tls=tls) as secure:
        ran = machine.run(
            secure.port,
            url=f"https://127.0.0.1:{secure.port}/model.bin",
            allow_plaintext=None,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            ca=ConfigMapKey("ca", "ca.crt"),
            header=SecretKey("models", "authorization"),
        )
        assert secure.requests[0].headers["authorization"] == "Bearer abc"
    assert ran.returncode == 0, ran.stderr


def test_two_pods_of_one_volume_do_not_meet(machine: Machine) -> None:
    with server(lambda to, _: send_range(to, CONTENT)) as (port, _):
        command = [str(machine.programs / "sh"), *machine.command(port)[1:]]
        pods = [
            subprocess.Popen(command, env={**machine.environment, "HOSTNAME": f"web-{n}"}, stderr=subprocess.DEVNULL)
            for n in range(4)
        ]
        assert [pod.wait(60) for pod in pods] == [0] * 4
    assert (machine.target / "model.bin").read_bytes() == CONTENT
    assert machine.left() == [".model.bin.sha256", "model.bin"]


def test_what_a_killed_pod_left_in_a_claim_goes_after_an_hour_and_not_before(machine: Machine) -> None:
    # an archive gives its directory a date of its own
    old = machine.target / ".fetch.web-9.unfinished"
    unpacked = old / "unpacked"
    unpacked.mkdir(parents=True)
    (unpacked / "half").write_text("half")
    (old / "part").write_text("whole")
    for path, age in ((unpacked / "half", 9e8), (unpacked, 9e8), (old / "part", 3000), (old, 9e8)):
        os.utime(path, (time.time() - age, time.time() - age))
    with server(lambda to, _: send_range(to, CONTENT)) as (port, _):
        assert machine.run(port, room=None).returncode == 0
        assert machine.left() == [old.name, ".model.bin.sha256", "model.bin"]
        then = time.time() - 70 * 60
        os.utime(old / "part", (then, then))
        ran = machine.run(port, room=None)
    assert ran.returncode == 0
    assert ran.stderr.splitlines()[-1] == "fetch: model.bin is there already"
    assert machine.left() == [".model.bin.sha256", "model.bin"]


# --- archives ---------------------------------------------------------------------------------------------------------


def archive(*members: tuple[str, bytes | None, dict[str, Any]], packed: bool = True) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, content, fields in members:
            info = tarfile.TarInfo(name)
            for field, value in fields.items():
                setattr(info, field, value)
            info.size = len(content or b"")
            tar.addfile(info, io.BytesIO(content or b""))
    return gzip.compress(raw.getvalue()) if packed else raw.getvalue()


def unpack(machine: Machine, content: bytes, **options: Any) -> subprocess.CompletedProcess[str]:
    with server(lambda to, _: send_range(to, content)) as (port, _):
        sha256 = hashlib.sha256(content).hexdigest()
        return machine.run(port, "site.tar.gz", **{"sha256": sha256, "file": "site", "extract": "tar.gz", **options})


@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_becomes_a_directory_and_replaces_the_one_before(machine: Machine, packed: bool) -> None:
    first = archive(("index.html", b"one", {}), ("old.html", b"", {}), packed=packed)
    second = archive(("index.html", b"two", {"mode": 0o4777}), ("a b/-c.html", b"", {}), packed=packed)
    for content in (first, second, second):
        ran = unpack(machine, content, extract="tar.gz" if packed else "tar")
        assert ran.returncode == 0, ran.stderr
    assert "site is there already" in ran.stderr
    site = machine.target / "site"
    assert (site / "index.html").read_bytes() == b"two"
    assert (site / "index.html").stat().st_mode & 0o7777 == 0o755
    assert (site / "a b" / "-c.html").exists()
    assert not (site / "old.html").exists()
    assert machine.left() == [".site.sha256", "site"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([("/etc/evil", b"x", {})], "a name that leads out of it"),
        ([("../evil", b"x", {})], "a name that leads out of it"),
        ([("a/../../evil", b"x", {})], "a name that leads out of it"),
        ([("link", None, {"type": tarfile.SYMTYPE, "linkname": "/"}), ("link/evil", b"x", {})], "a link, a device"),
        ([("hard", None, {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"})], "a link, a device"),
        ([("null", None, {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3})], "a link, a device"),
        ([("a\nl", b"x", {})], "a link, a device, or a name of two lines or with an arrow"),
    ],
)
def test_an_archive_that_leads_out_of_itself_is_refused(machine: Machine, members: Any, said: str) -> None:
    ran = unpack(machine, archive(*members))
    assert ran.returncode == 1
    assert said in ran.stderr
    assert not (machine.target / "site").exists()
    assert not (machine.target.parent / "evil").exists()
    assert machine.left() == [".fetch.web-0.unfinished"]
    # the archive, so that the next start need not download it to refuse it
    assert sorted(path.name for path in (machine.target / ".fetch.web-0.unfinished").iterdir()) == ["alive", "part"]


@pytest.mark.parametrize("kind", KINDS)
def test_two_archives_in_turn_lead_a_plain_tar_out_of_its_directory(
    machine: Machine, tmp_path: Path, kind: str
) -> None:
    """Ours refuses the first one, and begins with an empty directory for the second."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "tools").mkdir()
    tar = link_tools(kind, tmp_path / "tools", ["tar"]) / "tar"
    link = archive(("link", None, {"type": tarfile.SYMTYPE, "linkname": str(tmp_path)}))
    file = archive(("link/evil", b"x", {}))
    for content in (link, file):
        (tmp_path / "a.tar").write_bytes(gzip.decompress(content))
        subprocess.run([str(tar), "-xf", str(tmp_path / "a.tar"), "-C", str(tmp_path / "plain")], check=True)
    assert (tmp_path / "evil").exists()
    (tmp_path / "evil").unlink()
    assert [unpack(machine, content).returncode for content in (link, file)] == [1, 0]
    assert not (tmp_path / "evil").exists()
    assert (machine.target / "site" / "link" / "evil").exists()


def test_a_zip_that_is_packed_anew_as_the_error_says_is_taken(machine: Machine, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("css/site.css", b"body {}")
    words = "unzip -q a.zip -d a && tar -czf a.tar.gz -C a ."
    subprocess.run(["sh", "-c", words], cwd=tmp_path, check=True)
    ran = unpack(machine, (tmp_path / "a.tar.gz").read_bytes())
    assert ran.returncode == 0, ran.stderr
    assert (machine.target / "site" / "css" / "site.css").read_bytes() == b"body {}"


def test_the_image_s_unzip_shows_a_link_as_a_file_and_makes_it(machine: Machine, tmp_path: Path) -> None:
    """Why there is no ``extract="zip"``. Where this fails, there may be one."""
    link_tools("busybox", machine.programs, ["unzip"])
    for name, kind in (("link", stat.S_IFLNK), ("file", stat.S_IFREG)):
        info = zipfile.ZipInfo("page")
        info.external_attr = (kind | 0o644) << 16
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
            packed.writestr(info, "a/b")

    def unzip(*words: str) -> str:
        ran = subprocess.run([str(machine.programs / "unzip"), *words], cwd=tmp_path, capture_output=True, check=True)
        return ran.stdout.decode()

    for option in ("-l", "-v"):
        shown = [unzip(option, f"{name}.zip").replace(f"{name}.zip", "") for name in ("link", "file")]
        assert shown[0] == shown[1]
    unzip("link.zip", "-d", "out")
    assert (tmp_path / "out" / "page").is_symlink()


def test_an_archive_that_grows_over_the_volume_is_refused(machine: Machine) -> None:
    ran = unpack(machine, archive(("zeros", bytes(3_000_000), {})))
    assert ran.returncode == 1
    assert "the archive is damaged, or over 1048576 bytes when it is unpacked" in ran.stderr
    assert not (machine.target / "site").exists()

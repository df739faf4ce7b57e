"""The rendered command with nginx as the check of its own configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

from integration.programs import program
from integration.rendered import process_of

from patterns import App, Chart, ConfigFileRenderer, Container, Deployment, SharedScratch
from patterns.testing import container_of, find, synth

IMAGE = "docker.io/nginxinc/nginx-unprivileged:1.29.3"
TEMPLATE = """\
pid ${DIRECTORY}/nginx.pid;
error_log stderr;
events {}
http {
    access_log off;
    server { listen 127.0.0.1:${PORT}; return 200 "$${host}"; }
}
"""


def run(directory: Path, port: str) -> subprocess.CompletedProcess[str]:
    chart = Chart(App(), "shop")
    web = Deployment(chart, "web", containers=[Container(name="web", image=IMAGE)])
    config = SharedScratch(web, "config", mount_path="/etc/nginx/generated", size_limit="1Mi", readers=["web"])
    ConfigFileRenderer(
        web,
        "render",
        into=config.mount,
        templates={"nginx.conf": TEMPLATE},
        values={"PORT": port, "DIRECTORY": str(directory)},
        check=[program("nginx"), "-t", "-c", "{}/nginx.conf"],
        image=IMAGE,
    )
    documents = synth(chart)
    templates = directory / "templates"
    target = directory / "target"
    for folder in (templates, target):
        folder.mkdir(exist_ok=True)
    data = find(documents, "ConfigMap")["data"]
    assert isinstance(data, dict)
    (templates / "nginx.conf").write_text(str(data["nginx.conf"]))
    paths = {"/render-templates": str(templates), "/render-target": str(target)}
    ran = process_of(container_of(find(documents, "Deployment"), "render"), paths=paths)
    env = {"PATH": "/usr/sbin:/usr/bin:/bin", "HOSTNAME": "web-0", **ran.env}
    return subprocess.run(ran.command, env=env, capture_output=True, text=True, timeout=30, check=False)


def test_what_nginx_takes_is_there(tmp_path: Path) -> None:
    ran = run(tmp_path, "8080")
    assert ran.returncode == 0, ran.stderr
    assert "test is successful" in ran.stderr
    assert 'listen 127.0.0.1:8080; return 200 "${host}";' in (tmp_path / "target" / "nginx.conf").read_text()


def test_what_nginx_refuses_is_not(tmp_path: Path) -> None:
    ran = run(tmp_path, "80a")
    assert ran.returncode == 1
    assert "invalid port" in ran.stderr
    assert list((tmp_path / "target").iterdir()) == []

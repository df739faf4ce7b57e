"""Defaults that a team replaces."""

from __future__ import annotations

import pytest

from patterns import App, Chart, Container, Deployment, InvalidValue, LoggingSidecar, SharedScratch, defaults
from patterns.testing import container_of, synth


def test_every_image_comes_from_the_mirror() -> None:
    app = App(defaults=defaults.from_registry("registry.example.com/mirror/"))
    chart = Chart(app, "c")
    web = Deployment(chart, "web", containers=[Container(name="app", image="app:1")])
    logs = SharedScratch(web, "logs", mount_path="/logs")
    LoggingSidecar(web, "log", logs=logs.mount, files=["a.log"])
    assert container_of(synth(chart)[0], "log")["image"] == "registry.example.com/mirror/library/busybox:1.37.0"


@pytest.mark.parametrize("prefix", ["", "https://registry.example.com"])
def test_a_prefix_that_is_no_registry_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidValue, match="prefix must be a registry such as"):
        defaults.from_registry(prefix)


def test_a_default_shows_its_value_in_the_signature() -> None:
    assert repr(defaults.SCRATCH_SIZE_LIMIT) == "Default('256Mi')"


def test_every_image_is_in_the_list_that_mirrors_replace() -> None:
    named = {value for name, value in vars(defaults).items() if name.endswith("_IMAGE")}
    assert named == set(defaults.IMAGES)

"""Two that write into one volume: files of one path are the same, or an error that names both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from init_containers.seeded_shop import Shop

from patterns import (
    ConfigFileRenderer,
    Conflict,
    Downloader,
    FromConfigMap,
    FromImage,
    FromSecret,
    InitFileSeeder,
    SecretKey,
    VolumeMount,
)
from patterns.model.value import replace
from patterns.testing import synth


def seed(
    second: Any,
    first: Any = ("a/b", "1"),
    *,
    sub_paths: tuple[str | None, str | None] = (None, None),
    **options: Any,
) -> None:
    """Two seeders of one scratch, and a synthesis."""
    shop = Shop()
    mounts: list[VolumeMount] = [replace(shop.pages, sub_path=sub_path) for sub_path in sub_paths]
    files = [{of[0]: of[1]} if isinstance(of, tuple) else of for of in (first, second)]
    InitFileSeeder(shop.web, "first", into=mounts[0], files=files[0])
    InitFileSeeder(shop.web, "second", into=mounts[1], files=files[1], **options)
    synth(shop.chart)


@pytest.mark.parametrize(
    "second", [("a/b", "1"), ("a/c", "2"), ("ab", "2"), FromConfigMap("pages"), FromImage("a:1", "/a")]
)
def test_the_same_file_other_files_and_unknown_ones_are_well(second: Any) -> None:
    seed(second)


FIRST, SECOND = "InitFileSeeder 'shop/web/first'", "InitFileSeeder 'shop/web/second'"


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (("a/b", "2"), "writes another one there"),
        (("a", "2"), "writes a file there"),
        (("a/b/c", "2"), "needs a directory there for 'a/b/c'"),
        (FromConfigMap("pages", ["a", "b"]), "writes a file there"),
        (FromSecret("certs", {"tls.crt": "a/b"}), "writes another one there"),
    ],
)
def test_what_would_be_written_over_is_refused(second: Any, words: str) -> None:
    with pytest.raises(Conflict, match=rf"^{SECOND}: .* of volume 'pages' is .* {FIRST}.* and {SECOND} {words}"):
        seed(second)


def test_another_mode_is_another_file() -> None:
    with pytest.raises(Conflict, match="writes another one there"):
        seed(("a/b", "1"), mode="0444")


@pytest.mark.parametrize("mapped", [{"a": "x"}, ["a"]])
def test_two_keys_of_the_cluster_are_the_same_only_by_name(mapped: Mapping[str, str] | list[str]) -> None:
    seed(FromConfigMap("pages", mapped), FromConfigMap("pages", mapped))
    with pytest.raises(Conflict, match="writes another one there"):
        seed(FromConfigMap("others", mapped), FromConfigMap("pages", mapped))


def test_sub_paths_are_apart_and_meet() -> None:
    seed(("a/b", "2"), sub_paths=("en", "de"))
    seed(("a/b", "2"), sub_paths=(None, "de"))
    with pytest.raises(Conflict, match="file 'en/a/b' of volume 'pages'"):
        seed(("en/a/b", "2"), sub_paths=("en", None))


def test_a_command_of_ones_own_does_what_it_likes() -> None:
    seed(("a/b", "2"), command=["cp", "/seed-source/a/b", "/usr/share/nginx/html/other"])


@pytest.mark.parametrize(
    "change",
    [{"templates": {"a/b": "user=${USER}"}}, {"values": {"PASSWORD": SecretKey("db", "other")}}, {"mode": "0444"}],
)
def test_two_renderers_of_one_file_render_the_same(change: Mapping[str, Any]) -> None:
    def render(id: str, **changed: Any) -> None:
        options: dict[str, Any] = {
            "templates": {"a/b": "password=${PASSWORD}"},
            "values": {"PASSWORD": SecretKey("db", "password")},
        }
        ConfigFileRenderer(shop.web, id, into=shop.pages, **{**options, **changed})

    shop = Shop()
    render("first")
    render("second")
    if "templates" in change:
        change = {**change, "values": {"USER": SecretKey("db", "user")}}
    with pytest.raises(Conflict, match="ConfigFileRenderer 'shop/web/third' writes another one there"):
        render("third", **change)


def test_a_download_over_a_seeded_file_is_refused() -> None:
    shop = Shop()
    url = "https://example.com/geo.mmdb"
    InitFileSeeder(shop.web, "seed", into=shop.pages, files={"geo.mmdb": "old", "data/a": "1"})
    with pytest.raises(
        Conflict, match=r"file 'geo.mmdb' of volume 'pages' is written by InitFileSeeder 'shop/web/seed'"
    ):
        Downloader(shop.web, "download", into=shop.pages, url=url, sha256="0" * 64)
    with pytest.raises(Conflict, match="'data' of volume 'pages' is a directory of InitFileSeeder"):
        Downloader(shop.web, "as-data", into=shop.pages, url=url, sha256="0" * 64, file="data")
    for id in ("first", "second"):
        Downloader(shop.web, id, into=shop.pages, url=url, sha256="0" * 64, file="other")
    with pytest.raises(Conflict, match="Downloader 'shop/web/third' writes another one there"):
        Downloader(shop.web, "third", into=shop.pages, url=url, sha256="1" * 64, file="other")

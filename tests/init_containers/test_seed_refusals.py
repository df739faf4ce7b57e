"""What `InitFileSeeder` refuses, with its whole message."""

from __future__ import annotations

from typing import Any

import pytest
from init_containers.seeded_shop import IMAGE, PAGE, Shop

from patterns.errors import Conflict, InvalidValue, NotFound, PatternError, WrongType
from patterns.init_containers.seed_source import FromDirectory
from patterns.model import Security, Volume, VolumeMount

CONFIG = VolumeMount(volume=Volume.config_map("config"), mount_path="/etc/shop")
CLAIM = VolumeMount(volume=Volume.pvc("data", "data", read_only=True), mount_path="/data")


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (InvalidValue, {}, 'files must be given, such as files={"index.html": "<h1>Shop</h1>\\n"}, or command='),
        (
            InvalidValue,
            {"files": {}},
            'files must hold at least one file, such as files={"index.html": "<h1>Shop</h1>\\n"}',
        ),
        (
            WrongType,
            {"files": "site"},
            (
                "files must be a dict of str or bytes, a FromDirectory, a FromConfigMap, a FromSecret or a FromImage, "
                "got a str 'site'"
            ),
        ),
        (WrongType, {"files": {"a": 1}}, "files['a'] must be a str or a bytes, got an int 1; write \"1\""),
        (InvalidValue, {"files": {"../a": "x"}}, "files['../a'] must be a path without '..', got '../a'"),
        (
            InvalidValue,
            {"files": PAGE, "mode": 644},
            'mode must be octal, got 644, which means 0o1204; write 0o644 or "0644"',
        ),
        (
            InvalidValue,
            {"files": PAGE, "mode": "644"},
            'mode must be octal text such as "0440", got \'644\'; write "0644"',
        ),
        (
            InvalidValue,
            {"files": PAGE, "not_secret": " "},
            "not_secret must give the reason why no file is a secret, got ''",
        ),
        (
            InvalidValue,
            {"files": {"k": "-----BEGIN PRIVATE KEY-----"}},
            (
                "files['k'] holds a private key in line 1, and would stand in the rendered YAML; put the file into a "
                'Secret and write files=FromSecret("<Secret>"), or give not_secret="<reason>" where it is none'
            ),
        ),
        (
            InvalidValue,
            {"files": PAGE, "into": CONFIG},
            "into must be a volume that can be written, and 'config' is read-only for everybody; use a SharedScratch",
        ),
        (
            InvalidValue,
            {"files": PAGE, "into": CLAIM},
            "into must be a volume that can be written, and 'data' is read-only for everybody; use a SharedScratch",
        ),
        (WrongType, {"files": PAGE, "into": "/srv/www"}, "into must be a VolumeMount, got a str '/srv/www'"),
        (
            NotFound,
            {"files": FromDirectory("/nowhere/site")},
            (
                "files: there is no directory '/nowhere/site'; a relative path starts in the current directory, write "
                "FromDirectory(Path(__file__).parent / 'site') for one beside your own file"
            ),
        ),
    ],
)
def test_a_mistake_is_refused(kind: type[PatternError], options: dict[str, Any], message: str) -> None:
    with pytest.raises(kind) as caught:
        Shop().seed(**options)
    assert str(caught.value) == f"InitFileSeeder 'shop/web/seed-pages': {message}"


def test_files_over_the_volume_s_size_are_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        Shop(size_limit="1Ki").seed(files={"a": "x" * 1025})
    assert str(caught.value) == (
        "InitFileSeeder 'shop/web/seed-pages': files must fit into the volume 'pages', which holds 1Ki, got 1025 "
        "bytes; raise its size_limit"
    )


def test_a_taken_name_names_both() -> None:
    shop = Shop()
    with pytest.raises(Conflict) as caught:
        shop.seed("app", files=PAGE)
    assert "container name 'app' is taken by the pod itself, and InitFileSeeder 'shop/web/app' wants it too" in str(
        caught.value
    )


def test_the_image_of_a_seeder_that_is_the_source_cannot_be_chosen() -> None:
    with pytest.raises(InvalidValue, match="image must be left out with FromImage, whose own image runs"):
        Shop(target="1.34").seed(files=IMAGE, image="busybox:1")


HOST_PATH = VolumeMount(volume=Volume.host_path("pages", "/srv/pages"), mount_path="/srv/www")
ROOT = Security(run_as_user=0, run_as_group=0, run_as_non_root=False)


@pytest.mark.parametrize(
    ("pod", "options", "owner", "reader", "better"),
    [
        (Security(), {"mode": "0600"}, "user 65532", "is not known", "0604"),
        (
            Security(run_as_user=1000),
            {"mode": "0640", "security": Security(run_as_user=2000)},
            "user 2000",
            "is 1000",
            "0644",
        ),
        (Security(fs_group=1000), {"mode": "0600"}, "user 65532", "is not known", "0640"),
        (ROOT, {"mode": "0600"}, "user 65532", "is 0", "0640"),
        (None, {"mode": "0600", "security": None}, "the user of the seeder's image", "is not known", "0604"),
        # the kubelet gives a directory of the node to no group
        (Security(fs_group=1000), {"mode": "0640", "into": HOST_PATH}, "user 65532", "is not known", "0644"),
    ],
)
def test_a_mode_by_which_the_application_could_not_read_is_refused(
    pod: Security | None, options: dict[str, Any], owner: str, reader: str, better: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        Shop(security=pod).seed(files=PAGE, **options)
    assert str(caught.value) == (
        f"InitFileSeeder 'shop/web/seed-pages': mode must let the application read, got '{options['mode']}': the files "
        f"belong to {owner}, and the application's user {reader}; write '{better}', or give both one user: "
        "security=Security(run_as_user=...) of the workload"
    )


def test_a_variable_that_cannot_be_copied_is_refused() -> None:
    mount = VolumeMount(volume=Volume.pvc("data", "data"), mount_path="/srv/www", sub_path_expr="$(POD_NAME)")
    with pytest.raises(
        InvalidValue, match=r"seed-pages': sub_path_expr '\$\(POD_NAME\)' needs the variable 'POD_NAME'"
    ):
        Shop().seed(files=PAGE, into=mount)

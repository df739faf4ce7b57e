"""Where an ``InitFileSeeder`` has its files from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from fnmatch import fnmatchcase
from pathlib import Path
from stat import S_ISREG
from typing import TypeAlias

from patterns.errors import InvalidValue, NotFound
from patterns.init_containers.seed_files import check_paths, check_size
from patterns.model import Volume
from patterns.model.calls import checked
from patterns.model.image import reference_of
from patterns.model.names import config_map_key, control_characters, dns_subdomain
from patterns.model.paths import absolute_path, normalised_path
from patterns.model.value import Value, dataclass

#: where the seeder sees a volume of files, and the volume that it writes to. Not below the application's own path:
#: that one may hide what the seeder's image needs, its shell or the very files
SOURCE = "/seed-source"
TARGET = "/seed-target"


@dataclass(frozen=True, kw_only=True)
class FromDirectory(Value):
    """All files below a directory, read when the seeder is made.

    They are taken in order of their paths. Names that begin with a dot are taken too, empty directories are not. A
    link is taken as the file that it leads to, as long as that is in the directory.

    Args:
        path: of the directory. As with ``open``, a relative path starts in the current directory;
            ``Path(__file__).parent / "site"`` starts beside the chart's own file.
        exclude: patterns of names, of files and of directories, that are left out at every level.
    """

    path: str | Path = field(kw_only=False)
    exclude: Sequence[str] = (".git", ".DS_Store")

    def contents(self) -> dict[str, bytes]:
        """The contents by path.

        Raises:
            NotFound: when there is no such directory.
            InvalidValue: for a link that leads out of it or to a directory, for what is no file, and for more than a
                ConfigMap holds, before anything is read.
        """
        root = Path(self.path)
        if not root.is_dir():
            raise NotFound(
                f"files: there is no directory {str(root.absolute())!r}; a relative path starts in the current "
                f"directory, write FromDirectory(Path(__file__).parent / {root.name!r}) for one beside your own file"
            )
        found = {file.relative_to(root).as_posix(): file for file in self._files(root)}
        if not found:
            raise InvalidValue(f"files: the directory {str(self.path)!r} holds no file")
        check_size({path: self._size(root, file) for path, file in found.items()})
        try:
            return {path: found[path].read_bytes() for path in sorted(found)}
        except OSError as error:
            problem = f"files: {error.filename!r} cannot be read: {error.strerror}"
        raise InvalidValue(problem)

    def _files(self, root: Path) -> list[Path]:
        result: list[Path] = []
        unreadable: list[OSError] = []
        for directory, folders, names in os.walk(root, onerror=unreadable.append):
            folders[:] = [name for name in folders if not self._excluded(name)]
            for name in folders:
                if Path(directory, name).is_symlink():
                    raise InvalidValue(
                        f"files: {str(Path(directory, name))!r} is a link to a directory; copy that, or exclude it"
                    )
            result += [Path(directory, name) for name in names if not self._excluded(name)]
        if unreadable:
            raise InvalidValue(f"files: {unreadable[0].filename!r} cannot be read: {unreadable[0].strerror}")
        return result

    def _excluded(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self.exclude)

    def _size(self, root: Path, file: Path) -> int:
        if file.is_symlink() and not file.resolve().is_relative_to(root.resolve()):
            raise InvalidValue(f"files: {str(file)!r} is a link out of the directory; copy the file, or exclude it")
        if not file.exists():
            raise InvalidValue(f"files: {str(file)!r} is a link that leads nowhere; mend it, or exclude it")
        status = file.stat()
        if not S_ISREG(status.st_mode):
            raise InvalidValue(f"files: {str(file)!r} is no file; exclude it")
        return status.st_size


@dataclass(frozen=True, kw_only=True)
class _Keys(Value):
    """Keys of an object that is in the cluster already."""

    name: str = field(kw_only=False)
    keys: Mapping[str, str] | Sequence[str] = field(kw_only=False, default=())

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")
        for key in self.keys:
            config_map_key(key, "keys: key")
        check_paths(self.items().values())

    def told(self) -> dict[str, str]:
        """What tells the content of each file, by path; nothing where the keys are not known here."""
        return {path: f"{type(self).__name__} {self.name} {key}" for key, path in self.items().items()}

    def items(self) -> dict[str, str]:
        """The path of every key; empty for all keys by their own names."""
        return dict(self.keys) if isinstance(self.keys, Mapping) else {key: key for key in self.keys}

    @checked
    def volume(self, name: str) -> Volume:
        """The volume that the seeder copies from."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class FromConfigMap(_Keys):
    """The keys of a ConfigMap that is in the cluster already.

    Its content is not known here, so a change of it does not roll the pods.

    Args:
        name: of the ConfigMap, in the pod's namespace.
        keys: those to take; a mapping gives the path of each: ``{"index": "html/index.html"}``. Default all. The pod
            does not start while one is not there; ``kubectl describe pod`` names it.
    """

    @checked
    def volume(self, name: str) -> Volume:
        """The volume that the seeder copies from."""
        return Volume.config_map(name, self.name, items=self.items())


@dataclass(frozen=True, kw_only=True)
class FromSecret(_Keys):
    """The keys of a Secret that is in the cluster already.

    Its content is not known here, so a change of it does not roll the pods. What is copied from a Secret is as secret
    as the Secret: give ``mode="0600"`` and a scratch with ``medium="Memory"``. An application that can read the
    Secret's own volume needs no seeder.

    Args:
        name: of the Secret, in the pod's namespace.
        keys: those to take; a mapping gives the path of each: ``{"tls.crt": "certs/server.crt"}``. Default all. The pod
            does not start while one is not there; ``kubectl describe pod`` names it.
    """

    @checked
    def volume(self, name: str) -> Volume:
        """The volume that the seeder copies from."""
        return Volume.secret(name, self.name, items=self.items())


@dataclass(frozen=True, kw_only=True)
class FromImage(Value):
    """A directory or file of an image.

    The image is mounted beside the seeder: an image volume, on by default since Kubernetes 1.35. For an older target it
    is the seeder's own image, which needs ``sh``, ``cp``, ``mv``, ``rm``, ``mkdir`` and ``chmod`` then. The files must
    be readable for the user that the seeder runs as. Links are copied as what they lead to. Names that begin with two
    dots, directly below ``path``, are left out.
    https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/

    Args:
        image: reference of the image, by a full tag or a digest: with a tag that moves, pods differ.
        path: absolute path in the image. Of a directory everything below is copied; a file keeps its name.
    """

    image: str = field(kw_only=False)
    path: str = field(kw_only=False)

    def __post_init__(self) -> None:
        reference_of(self.image, "image")
        absolute_path(self.path, "path")
        place = normalised_path(self.path)
        if place == "/":
            raise InvalidValue(
                "path must be a directory or file of the image, got '/'; name the one that is to be copied"
            )
        if f"{place}/".startswith((f"{SOURCE}/", f"{TARGET}/")):
            raise InvalidValue(
                f"path must not be below {SOURCE} or {TARGET}, where the seeder mounts its volumes, got {self.path!r}"
            )
        if control_characters(self.path):
            raise InvalidValue(f"path must be without control characters, got {self.path!r}")


#: what ``InitFileSeeder`` takes beside text and bytes
SeedSource: TypeAlias = FromDirectory | FromConfigMap | FromSecret | FromImage

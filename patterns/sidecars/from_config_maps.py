"""ConfigMaps and Secrets by a label, as files."""

from __future__ import annotations

from typing import Literal

from patterns.defaults import K8S_SIDECAR_IMAGE
from patterns.model import EnvSource, literal
from patterns.model.calls import checked
from patterns.model.names import label_key, label_value
from patterns.model.value import Value, dataclass
from patterns.objects.api_access import PolicyRule
from patterns.sidecars.config_source import SyncPlace, SyncProgram

_RESOURCES = {"configmap": ["configmaps"], "secret": ["secrets"], "both": ["configmaps", "secrets"]}


@dataclass(frozen=True, kw_only=True)
class FromConfigMaps(Value):
    """Every ConfigMap, or Secret, of the pod's namespace with a label: each of their keys becomes a file.

    By kiwigrid/k8s-sidecar, which watches them: https://github.com/kiwigrid/k8s-sidecar. A file is written in place, so
    a reader that looks at the wrong moment sees a part of it; one that reads when it is told to (``reload``) does not.

    ConfigMaps whose names are known need no sidecar: the kubelet brings a changed one into a volume by itself, whole,
    where it is not mounted by ``sub_path``.

    Args:
        label: key of the label.
        label_value: of the label; default any.
        resource: ``"configmap"``, ``"secret"`` or ``"both"``. Secrets can be listed by the pod then, all of the
            namespace: a Role cannot tell them apart by label.

    Raises:
        InvalidValue: for a bad label.
    """

    label: str
    label_value: str | None = None
    resource: Literal["configmap", "secret", "both"] = "configmap"

    def __post_init__(self) -> None:
        label_key(self.label, "label")
        if self.label_value is not None:
            label_value(self.label_value, "label_value")

    @checked
    def sync_program(self, place: SyncPlace) -> SyncProgram:
        """A watch, which asks for lists and changes and for nothing else."""
        env: dict[str, str | EnvSource] = {
            "METHOD": "WATCH",
            "LABEL": self.label,
            **({"LABEL_VALUE": self.label_value} if self.label_value is not None else {}),
            "RESOURCE": self.resource,
            "FOLDER": literal(place.folder),
            "HEALTH_PORT": str(place.port),
        }
        if place.reload is not None:
            # the first sync is done before the application listens
            env.update(
                {"REQ_URL": literal(place.reload.url), "REQ_METHOD": place.reload.method, "REQ_SKIP_INIT": "true"}
            )
        if place.reload_command is not None:
            env["SCRIPT"] = place.reload_command
        return SyncProgram(
            image=K8S_SIDECAR_IMAGE,
            env=env,
            api=[PolicyRule(resources=_RESOURCES[self.resource], verbs=["list", "watch"])],
            health_path="/healthz",
            live=True,
            tmp=True,
        )

"""What every workload can do for a pattern, be it ours or somebody else's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from patterns.construct_meta import speaking
from patterns.default import Default, Defaults, T, resolved
from patterns.errors import InvalidValue
from patterns.model.json import JsonObject, object_at, objects_at, text_at
from patterns.model.names import port_number
from patterns.pod.contribution import Contribution
from patterns.pod.identity import Identity, application_identity
from patterns.pod.merge import merge
from patterns.pod.pod_template import PodTemplate
from patterns.pod.ports import first_free_port


class PodHolder:
    """Holds one pod template and merges contributions into it.

    Attributes:
        pod: the pod template with everything contributed up to now, to read: parts of its JSON stand in other pods
            too, and must not be changed.
        ours: whether the workload was made by this library. In somebody else's, a pattern adds what it needs and
            changes nothing besides.
        runs_to_completion: whether the pod ends by itself, as in a Job.
        namespace: of the workload, for the objects that a pattern places beside it.
        target: the minor version of the oldest cluster that the manifests are for; the newest where nobody says.
    """

    pod: PodTemplate
    ours: bool
    runs_to_completion: bool

    if TYPE_CHECKING:

        @property
        def namespace(self) -> str | None: ...

        @property
        def target(self) -> int: ...

    @speaking
    def contribute(self, contribution: Contribution, by: object) -> None:
        """Add what a pattern wants to the pod.

        Raises:
            Conflict: when something else stands in that place; both contributors are named.
            NotFound: when a container is named that the pod does not have.
            InvalidValue: for a classic sidecar in a pod that has to end by itself.
        """
        if self.runs_to_completion and contribution.sidecars and not contribution.native:
            raise InvalidValue(
                f"native must be True in a pod that has to end by itself: as a classic sidecar, "
                f"{contribution.sidecars[0].name!r} would run on after the application, and the Job would never end"
            )
        self.pod = merge(self.pod, contribution, by)

    @property
    def pod_selector(self) -> dict[str, str]:
        """Labels that select the workload's pods; empty where it has none."""
        labels = object_at(self.pod.json, "metadata", "labels")
        return {key: value for key, value in labels.items() if isinstance(value, str)}

    @property
    def application_containers(self) -> tuple[str, ...]:
        """The names of the containers that the workload was created with."""
        return tuple(text_at(c, "name") for c in objects_at(self.pod.base, "containers"))

    @speaking
    def identity(self, containers: Iterable[str] = ()) -> Identity:
        """As whom the application runs, as far as the pod spec tells; what patterns added is none of it.

        Args:
            containers: names of application containers; all where none is named.
        """
        application = [text_at(container, "name") for container in objects_at(self.pod.base, "containers")]
        return application_identity(self.pod.spec, tuple(containers) or application)

    @property
    def kind_and_spec(self) -> tuple[str, JsonObject]:
        """The workload's kind, and its own spec as it stands now."""
        raise NotImplementedError

    @speaking
    def free_port(self, preferred: int) -> int:
        """The first port from ``preferred`` upwards that no container of the pod declares.

        Raises:
            InvalidValue: for what is no port.
            Conflict: when every port up to 65535 is taken.
        """
        port_number(preferred, "free_port(): preferred")
        return first_free_port(self.pod.containers(), preferred)

    def default(self, option: T | Default[T]) -> T:
        """The option as given, or the nearest replacement of its default: workload, then chart, then app."""
        return resolved(option, self._defaults()) if isinstance(option, Default) else option

    def _defaults(self) -> list[Defaults]:
        raise NotImplementedError

"""Waiting for a Job of Kubernetes."""

from __future__ import annotations

from patterns.defaults import CURL_IMAGE
from patterns.init_containers.dependency import Attempt
from patterns.model import FieldPath
from patterns.model.names import dns_subdomain
from patterns.model.value import Value, dataclass
from patterns.objects.api_access import TOKEN_DIRECTORY, PolicyRule
from patterns.pod.script import script_beside

_SCRIPT = script_beside(__file__, "job_complete.sh")


@dataclass(frozen=True, kw_only=True)
class JobComplete(Value):
    """A Job of the pod's namespace that has succeeded. One that has failed ends the wait at once.

    The container may do one thing with the API: ``get`` this one Job. (``kubectl wait`` needs ``list`` and ``watch``
    of it too.) https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions

    Args:
        name: of the Job. One that is deleted after it has ended (``ttlSecondsAfterFinished``) is never there again, and
            a pod that starts later waits in vain.

    Raises:
        InvalidValue: for what is no name of a Job.
    """

    name: str

    def __post_init__(self) -> None:
        dns_subdomain(self.name, "name")

    def attempt(self) -> Attempt:
        """One request to the API server."""
        path = f"/apis/batch/v1/namespaces/$(POD_NAMESPACE)/jobs/{self.name}"
        return Attempt(
            what=f"Job {self.name}",
            command=["sh", "-c", _SCRIPT, "job", path, TOKEN_DIRECTORY],
            image=CURL_IMAGE,
            env={"POD_NAMESPACE": FieldPath("metadata.namespace")},
            api=[PolicyRule(api_groups=["batch"], resources=["jobs"], resource_names=[self.name], verbs=["get"])],
        )

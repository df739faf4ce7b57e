"""What one container of a pod may ask of the Kubernetes API: its ServiceAccount, Role and token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from patterns.errors import InvalidValue
from patterns.manifest import Manifest
from patterns.model import Json, JsonObject, Volume, VolumeMount
from patterns.model.env_source import FieldPath
from patterns.model.json import text_at
from patterns.model.projected import ConfigMapProjection, DownwardApiProjection, ServiceAccountToken
from patterns.model.value import Value, dataclass
from patterns.tree import Construct, ConstructMeta
from patterns.workloads.pod_holder import PodHolder

if TYPE_CHECKING:
    from constructs import Construct as AnyConstruct

#: where client libraries look for the token, the authority and the namespace:
#: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
TOKEN_DIRECTORY = "/var/run/secrets/kubernetes.io/serviceaccount"


@dataclass(frozen=True, kw_only=True)
class PolicyRule(Value):
    """What may be done to which resources. https://kubernetes.io/docs/reference/access-authn-authz/rbac/

    Args:
        resources: in the plural, such as ``["configmaps"]``.
        verbs: such as ``["get", "list", "watch"]``.
        api_groups: of the resources; default the core group.
        resource_names: names of the only objects that are meant; ``create`` of a named object cannot be allowed, and
            ``list`` and ``watch`` only to those who ask for that name.

    Raises:
        InvalidValue: without a resource or a verb, or for ``"*"``, which nobody can review.
    """

    resources: Sequence[str]
    verbs: Sequence[str]
    api_groups: Sequence[str] = ("",)
    resource_names: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name, given in (("resources", self.resources), ("verbs", self.verbs), ("api_groups", self.api_groups)):
            if not given:
                raise InvalidValue(f"{name} must hold an entry at least")
            if "*" in given:
                raise InvalidValue(f"{name} must name what is needed, got '*'")
        if self.resource_names and "create" in self.verbs:
            raise InvalidValue("verbs must not hold 'create' with resource_names: the name is not known to the server")

    def render(self) -> JsonObject:
        """The rule as it stands in a Role."""
        rule: dict[str, Json] = {
            "apiGroups": list(self.api_groups),
            "resources": list(self.resources),
            "verbs": list(self.verbs),
        }
        if self.resource_names:
            rule["resourceNames"] = list(self.resource_names)
        return rule


class ApiAccess(Construct, metaclass=ConstructMeta):
    """Lets one container of a pod ask the Kubernetes API for just what it needs.

    A Role with these rules and a RoleBinding stand beside the workload, and a ServiceAccount where the pod has none
    yet. The token is mounted by `token_mount` into the container that needs it, and into no other: it is a projected
    volume, so the pod can go on with ``automountServiceAccountToken: false``.
    https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/

    In somebody else's pod that has no ServiceAccount, this one becomes its own, with its token where the pod mounts it.

    Args:
        scope: the pattern whose container it is for.
        id: the construct's id.
        workload: that the pattern is placed on.
        rules: what may be asked; none for an account that is only to be known, such as at Vault.

    Raises:
        InvalidValue: for a bare Pod without a ServiceAccount: the server refuses one whose ServiceAccount is not there.
    """

    def __init__(self, scope: AnyConstruct, id: str, *, workload: PodHolder, rules: Sequence[PolicyRule]) -> None:
        super().__init__(scope, id)
        namespace = workload.namespace
        account = text_at(workload.pod.spec, "serviceAccountName")
        #: what the contribution adds to the pod spec
        self.pod: JsonObject = {}
        if not account:
            if getattr(workload, "kind", "") == "Pod":
                raise InvalidValue(
                    "a bare Pod must have a service_account_name of an account that is applied before it, since the "
                    "server refuses a Pod whose ServiceAccount is not there yet"
                )
            made = Manifest(
                self,
                "service-account",
                api_version="v1",
                kind="ServiceAccount",
                namespace=namespace,
                # the token is mounted where it is needed
                body={"automountServiceAccountToken": False},
            )
            account = made.name
            self.pod = {"serviceAccountName": account}
        if not rules:
            return
        role = Manifest(
            self,
            "role",
            api_version="rbac.authorization.k8s.io/v1",
            kind="Role",
            namespace=namespace,
            body={"rules": [rule.render() for rule in rules]},
        )
        Manifest(
            self,
            "role-binding",
            api_version="rbac.authorization.k8s.io/v1",
            kind="RoleBinding",
            namespace=namespace,
            body={
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role.name},
                # where no namespace is written it is the binding's own: `appliesToUser` of the RBAC authorizer
                "subjects": [
                    {"kind": "ServiceAccount", "name": account, **({"namespace": namespace} if namespace else {})}
                ],
            },
        )


def token_mount(volume_name: str) -> VolumeMount:
    """The ServiceAccount's token, the cluster's authority and the namespace, where client libraries look for them.

    It is what Kubernetes mounts by itself into every container, for one container: valid for an hour, and renewed by
    the kubelet. https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
    """
    sources = [
        ServiceAccountToken("token", expiration_seconds=3607),
        ConfigMapProjection("kube-root-ca.crt", items={"ca.crt": "ca.crt"}),
        DownwardApiProjection({"namespace": FieldPath("metadata.namespace")}),
    ]
    volume = Volume.projected(volume_name, sources=sources)
    return VolumeMount(volume=volume, mount_path=TOKEN_DIRECTORY, read_only=True)

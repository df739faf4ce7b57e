"""Rules for Roles and their bindings, which stand beside pods that ask the API."""

from __future__ import annotations

from patterns.model.json import object_at, text_at
from patterns.model.names import dns_subdomain
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.rule import Outcome, Problem, Problems, object_rule
from patterns.pod.checks.subject import Object, entries

_GROUP = "rbac.authorization.k8s.io"
_VALIDATION = "kubernetes pkg/apis/rbac/validation/validation.go"
_ROLES = (f"{_GROUP}/Role", f"{_GROUP}/ClusterRole")
_BINDINGS = (f"{_GROUP}/RoleBinding", f"{_GROUP}/ClusterRoleBinding")
_SUBJECTS = ("ServiceAccount", "User", "Group")


@object_rule("role-rule", Outcome.REFUSED, source=f"{_VALIDATION} ValidatePolicyRule", kinds=_ROLES)
def role_rule(obj: Object) -> Problems:
    """A rule allows verbs on resources of API groups; only a ClusterRole may allow URLs, in rules of their own."""
    for index, rule in entries(obj.json.get("rules")):
        where = ("rules", index)
        if not rule.get("verbs"):
            yield Problem((*where, "verbs"), "verbs must hold one at least", "write such as [get, list, watch]")
        if rule.get("nonResourceURLs"):
            if obj.kind == "Role":
                message = "nonResourceURLs must not be given in a Role, which allows what is in its namespace"
                yield Problem((*where, "nonResourceURLs"), message, "write a ClusterRole")
            if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
                message = "nonResourceURLs must stand in a rule without apiGroups, resources and resourceNames"
                yield Problem((*where, "nonResourceURLs"), message, "write two rules")
            continue
        for key, example in (("apiGroups", '[""] for the core group'), ("resources", "[configmaps]")):
            if not rule.get(key):
                yield Problem((*where, key), f"{key} must hold one at least", f"write such as {example}")


@object_rule(
    "role-ref",
    Outcome.REFUSED,
    source=f"{_VALIDATION} ValidateRoleBinding, ValidateClusterRoleBinding",
    kinds=_BINDINGS,
)
def role_ref(obj: Object) -> Problems:
    """A binding names one Role of its namespace or one ClusterRole; one for the whole cluster names a ClusterRole."""
    ref = object_at(obj.json, "roleRef")
    kinds = ("ClusterRole",) if obj.kind == "ClusterRoleBinding" else ("Role", "ClusterRole")
    if ref.get("apiGroup") not in (None, "", _GROUP):
        message = f"roleRef.apiGroup must be {_GROUP}, got {ref['apiGroup']!r}"
        yield Problem(("roleRef", "apiGroup"), message, "leave it out")
    if ref.get("kind") not in kinds:
        message = f"roleRef.kind must be {' or '.join(kinds)} in a {obj.kind}, got {ref.get('kind')!r}"
        yield Problem(("roleRef", "kind"), message, f"write {kinds[0]}")
    if not ref.get("name"):
        yield Problem(("roleRef", "name"), "roleRef.name must be given", "write the name of the role")


@object_rule("role-subject", Outcome.REFUSED, source=f"{_VALIDATION} ValidateRoleBindingSubject", kinds=_BINDINGS)
def role_subject(obj: Object) -> Problems:
    """A subject is a ServiceAccount, a User or a Group. A binding for the whole cluster says of which namespace."""
    for index, subject in entries(obj.json.get("subjects")):
        where = ("subjects", index)
        kind, name = text_at(subject, "kind"), text_at(subject, "name")
        if kind not in _SUBJECTS:
            message = f"kind must be {', '.join(_SUBJECTS[:-1])} or {_SUBJECTS[-1]}, got {subject.get('kind')!r}"
            yield Problem((*where, "kind"), message, "write ServiceAccount for a pod")
            continue
        if not name:
            yield Problem((*where, "name"), "name must be given", f"write the name of the {kind}")
        group = "" if kind == "ServiceAccount" else _GROUP
        if subject.get("apiGroup") not in (None, "", group):
            message = f"apiGroup must be {group!r} for a {kind}, got {subject['apiGroup']!r}"
            yield Problem((*where, "apiGroup"), message, "leave it out")
        if kind != "ServiceAccount":
            continue
        if name and (said := complaint(dns_subdomain, name, "name")):
            yield Problem((*where, "name"), said, "write the name of the ServiceAccount")
        if obj.kind == "ClusterRoleBinding" and not subject.get("namespace"):
            message = "namespace must be given for a ServiceAccount in a ClusterRoleBinding"
            yield Problem((*where, "namespace"), message, "write the namespace of the ServiceAccount")

"""Pod Security of one container, which says some of it itself."""

from __future__ import annotations

from patterns.model import Container, Security, SecurityContext
from patterns.model.derived import derived
from patterns.model.value import replace


def secured(container: Container, security: Security | None) -> Container:
    """An application container with what Pod Security wants of it, except for the fields that it says itself.

    What the pod's own security context says for all its containers is not repeated.
    """
    if security is None:
        return container
    context = filled(container.security_context, derived(security, _of_each, lambda: _of_each(security)))
    if context == container.security_context or not context.render():
        return container
    return replace(container, security_context=context)


def _of_each(security: Security) -> SecurityContext:
    whole = security.container()
    return SecurityContext(
        allow_privilege_escalation=whole.allow_privilege_escalation,
        capabilities=whole.capabilities,
        read_only_root_filesystem=whole.read_only_root_filesystem,
    )


def filled(own: SecurityContext | None, wanted: SecurityContext) -> SecurityContext:
    """A container's own context, with what is wanted in the fields that it leaves out.

    Left out is what the API server refuses beside its own fields, and what means nothing beside them: capabilities of
    a privileged container, which has them all, and everything of Linux beside ``windows_options``. Capabilities that
    are added leave those that are to be dropped open; ``Capabilities()`` keeps the runtime's.
    https://kubernetes.io/docs/tasks/configure-pod-container/security-context/

    Args:
        own: None for none.
        wanted: what Pod Security wants of the container.
    """
    if own is None:
        return wanted
    if own.windows_options is not None:
        return own
    capabilities, escalation = own.capabilities, own.allow_privilege_escalation
    if not own.privileged:
        if capabilities is None:
            capabilities = wanted.capabilities
        elif capabilities.add and not capabilities.drop and wanted.capabilities is not None:
            capabilities = replace(capabilities, drop=wanted.capabilities.drop)
        if escalation is None and "SYS_ADMIN" not in (capabilities.add if capabilities else ()):
            escalation = wanted.allow_privilege_escalation
    non_root = own.run_as_non_root
    if non_root is None and own.run_as_user != 0:
        non_root = wanted.run_as_non_root
    user = wanted.run_as_user if own.run_as_user is None else own.run_as_user
    group = wanted.run_as_group if own.run_as_group is None else own.run_as_group
    read_only = own.read_only_root_filesystem
    return replace(
        own,
        allow_privilege_escalation=escalation,
        capabilities=capabilities,
        run_as_non_root=non_root,
        run_as_user=user,
        run_as_group=group,
        read_only_root_filesystem=wanted.read_only_root_filesystem if read_only is None else read_only,
        seccomp_profile=own.seccomp_profile or wanted.seccomp_profile,
    )

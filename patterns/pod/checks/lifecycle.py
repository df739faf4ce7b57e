"""Rules for lifecycle hooks, grace and restart policies."""

from __future__ import annotations

from patterns.model.json import object_at, text_at
from patterns.pod.checks.reading import number, texts
from patterns.pod.checks.rule import (
    VALIDATION,
    Outcome,
    Problem,
    Problems,
    container_rule,
    object_rule,
    pod_container_rule,
    pod_rule,
)
from patterns.pod.checks.subject import Container, Object, Pod, PodContainer, Steps, entries

_GRACE = 30
#: the version that takes restart policies of containers in silence and forgets them
_DROPPED = 34
_MOST_RULES = 20
_MOST_CODES = 255
_BESIDE_ANOTHER = 2


@pod_container_rule(
    "sleep-over-grace", Outcome.REFUSED, source=f"{VALIDATION} validateSleepAction", whole=True, fields=("lifecycle",)
)
def sleep_over_grace(container: PodContainer) -> Problems:
    """A hook that sleeps longer than the pod has to stop would be cut off, so it is refused."""
    lifecycle = container.json.get("lifecycle")
    if not isinstance(lifecycle, dict):
        return
    grace = number(container.pod.spec.get("terminationGracePeriodSeconds"))
    if grace is None:
        grace = _GRACE
    elif grace < 0 and container.of_plain_pod:
        # written into pods, and not into the templates of pods
        grace = 1
    for hook in ("postStart", "preStop"):
        seconds = number(object_at(lifecycle, hook, "sleep").get("seconds", 0))
        if not isinstance(object_at(lifecycle, hook).get("sleep"), dict) or seconds is None:
            continue
        least = 0 if container.target >= 33 else 1
        if not least <= seconds <= grace:
            message = f"seconds must be {least} to the pod's terminationGracePeriodSeconds ({grace}), got {seconds}"
            path: Steps = ("lifecycle", hook, "sleep", "seconds")
            yield Problem(path, message, "raise terminationGracePeriodSeconds, or sleep less")


@pod_rule(
    "negative-grace",
    Outcome.BROKEN,
    source="seen on a kubelet 1.37: treated as about a second",
    fields=("terminationGracePeriodSeconds",),
)
def negative_grace(pod: Pod) -> Problems:
    """A negative grace period is taken in silence, and the application is killed after a second."""
    seconds = number(pod.spec.get("terminationGracePeriodSeconds"))
    if seconds is not None and seconds < 0:
        message = f"terminationGracePeriodSeconds must not be negative, got {seconds}"
        yield Problem(("spec", "terminationGracePeriodSeconds"), message, "write the seconds that it needs to stop")


@pod_rule(
    "sidecar-in-a-job",
    Outcome.BROKEN,
    source="https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#jobs-with-sidecar-containers",
)
def sidecar_in_a_job(pod: Pod) -> Problems:
    """A job is complete when all its containers have ended; one that follows a file never ends by itself."""
    kind = pod.object.kind
    if kind not in ("Job", "CronJob") or len(pod.containers) < _BESIDE_ANOTHER or pod.spec.get("shareProcessNamespace"):
        return
    job = object_at(pod.object.spec, "jobTemplate", "spec") if kind == "CronJob" else pod.object.spec
    if "activeDeadlineSeconds" in job or "activeDeadlineSeconds" in pod.spec:
        return
    for container in pod.containers:
        command = texts(container.json.get("command"))
        if _is_endless([*command, *texts(container.json.get("args"))] if command else []):
            message = f"{container.where}: a container of a job must end, got {' '.join(command)}, which never does"
            path: Steps = ("spec", "containers", container.at, "command")
            yield Problem(path, message, "make it an init container with restartPolicy: Always")


def _is_endless(command: list[str]) -> bool:
    if command[:1] == ["sleep"]:
        return command[1:] in (["infinity"], ["inf"])
    follows = any(word in ("-f", "-F", "--follow") or word.startswith("--follow=") for word in command[1:])
    return command[:1] == ["tail"] and follows and not any(word.startswith("--pid") for word in command)


@container_rule("container-restart-policy", Outcome.REFUSED, source="KEP-753; KEP-5307, on by default since 1.35")
def container_restart_policy(container: Container) -> Problems:
    """A container's own restart policy is ``Always`` on an init container, which makes it a sidecar.

    Since 1.35 there are others as well, and on any container.
    """
    policy = container.json.get("restartPolicy")
    if container.target == _DROPPED or container.list == "ephemeralContainers":
        return
    if isinstance(policy, str):
        if container.target > _DROPPED:
            if policy not in ("Always", "OnFailure", "Never"):
                message = f"restartPolicy must be Always, OnFailure or Never, got {policy!r}"
                yield Problem(("restartPolicy",), message, "choose one of them")
        elif not container.is_init:
            message = f"restartPolicy must not be set on a container before 1.34, got {policy!r}"
            yield Problem(("restartPolicy",), message, "set it for the whole pod")
        elif policy != "Always":
            message = f"restartPolicy of an init container must be Always before 1.34, got {policy!r}"
            yield Problem(("restartPolicy",), message, "take it out")
    elif container.json.get("restartPolicyRules") and container.target > _DROPPED:
        message = "restartPolicy must be given beside restartPolicyRules, got none"
        yield Problem(("restartPolicy",), message, "write what holds where no rule matches, such as Never")


@container_rule(
    "restart-policy-dropped", Outcome.BROKEN, source="KEP-5307, seen on a server 1.34", fields=("restartPolicy",)
)
def restart_policy_dropped(container: Container) -> Problems:
    """A server of 1.34 takes a container's own restart policy, and forgets it: the pod's holds."""
    policy = text_at(container.json, "restartPolicy")
    if container.target == _DROPPED and policy and not (container.is_init and policy == "Always"):
        message = f"restartPolicy of a container needs 1.35, and 1.34 drops it in silence, got {policy!r}"
        yield Problem(("restartPolicy",), message, "set it for the whole pod, or raise the target")


@container_rule(
    "restart-rule",
    Outcome.REFUSED,
    source=f"{VALIDATION} validateContainerRestartPolicy",
    fields=("restartPolicyRules",),
)
def restart_rule(container: Container) -> Problems:
    """A rule says for which exit codes the container starts again."""
    if container.target <= _DROPPED or not container.json.get("restartPolicyRules"):
        return
    rules = container.json["restartPolicyRules"]
    if container.target == 35 and container.is_sidecar:
        message = "restartPolicyRules must not be set on a sidecar before 1.36"
        yield Problem(("restartPolicyRules",), message, "take it out")
        return
    if isinstance(rules, list) and len(rules) > _MOST_RULES:
        message = f"restartPolicyRules must be at most {_MOST_RULES}, got {len(rules)}"
        yield Problem(("restartPolicyRules",), message, "put the exit codes of one action into one rule")
    actions = ("Restart", "RestartAllContainers") if container.target >= 36 else ("Restart",)
    for at, rule in container.entries("restartPolicyRules"):
        path: Steps = ("restartPolicyRules", at)
        action = text_at(rule, "action")
        if action not in actions:
            message = f"action must be {' or '.join(actions)}, got {action!r}"
            yield Problem((*path, "action"), message, "write Restart")
        codes = rule.get("exitCodes")
        if not isinstance(codes, dict):
            yield Problem((*path, "exitCodes"), "exitCodes must be given, got none", "name the exit codes")
        elif text_at(codes, "operator") not in ("In", "NotIn"):
            message = f"operator must be In or NotIn, got {text_at(codes, 'operator')!r}"
            yield Problem((*path, "exitCodes", "operator"), message, "choose one of them")
        else:
            values = codes.get("values")
            if isinstance(values, list) and len(values) > _MOST_CODES:
                message = f"values must be at most {_MOST_CODES}, got {len(values)}"
                yield Problem((*path, "exitCodes", "values"), message, "name the others with the other operator")


@object_rule("ephemeral-container", Outcome.REFUSED, source=f"{VALIDATION} ValidatePodCreate")
def ephemeral_container(obj: Object) -> Problems:
    """Ephemeral containers are added to a pod that runs, by ``kubectl debug``; nothing is created with them."""
    if obj.built_in:
        for pod in obj.pods:
            if next(entries(pod.spec.get("ephemeralContainers")), None) is not None:
                message = "ephemeralContainers must not be set in a manifest"
                yield Problem((*pod.path, "spec", "ephemeralContainers"), message, "take it out, and use kubectl debug")


@container_rule(
    "termination-message-path",
    Outcome.OPINION,
    source="https://kubernetes.io/docs/tasks/debug/debug-application/",
    fields=("terminationMessagePath",),
)
def termination_message_path(container: Container) -> Problems:
    """The kubelet mounts a file at this path, which leads from the root of the container."""
    path = text_at(container.json, "terminationMessagePath")
    if path and not path.startswith("/") and container.os != "windows":
        message = f"terminationMessagePath must begin with '/', got {path!r}"
        yield Problem(("terminationMessagePath",), message, f"write /{path.removeprefix('./')}")

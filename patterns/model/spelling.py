"""The two spellings of a field: snake_case in Python, camelCase in Kubernetes."""

from __future__ import annotations

#: words that Kubernetes writes in capitals, in fields where the mechanical rule does not hold
_IN_CAPITALS = {
    "downward_api": "downwardAPI",
    "external_ips": "externalIPs",
    "cluster_ip": "clusterIP",
    "cluster_ips": "clusterIPs",
    "host_ip": "hostIP",
    "host_ips": "hostIPs",
    "host_ipc": "hostIPC",
    "host_pid": "hostPID",
    "load_balancer_ip": "loadBalancerIP",
    "pod_cidr": "podCIDR",
    "pod_ip": "podIP",
    "pod_ips": "podIPs",
    "scale_io": "scaleIO",
    "set_hostname_as_fqdn": "setHostnameAsFQDN",
    "target_wwns": "targetWWNs",
}


def camel_case(field: str) -> str:
    """The Kubernetes name of a Python field: ``readiness_probe`` is ``readinessProbe``, ``host_ip`` is ``hostIP``."""
    if field in _IN_CAPITALS:
        return _IN_CAPITALS[field]
    first, *rest = field.rstrip("_").split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def snake_case(field: str) -> str:
    """The Python name of a Kubernetes field: ``readinessProbe`` is ``readiness_probe``, ``hostIP`` is ``host_ip``."""
    result = ""
    for index, letter in enumerate(field):
        starts_word = letter.isupper() and index > 0 and not field[index - 1].isupper()
        # the last capital of a run begins the next word, unless a plural s follows: fsGroup, hostIPs, fooIPBar
        ends_run = (
            letter.isupper()
            and index > 0
            and field[index - 1].isupper()
            and field[index + 1 : index + 2].islower()
            and field[index + 1 :] != "s"
        )
        result += "_" + letter.lower() if starts_word or ends_run else letter.lower()
    return result

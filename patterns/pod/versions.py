"""Which Kubernetes knows a field, and which one keeps it with its default feature gates.

A server knows a field before its gate is on. It then takes it, even under strict validation, and drops it in silence,
which only the object that comes back shows. The rows for 1.30 to 1.37 were measured on servers of these versions by
``scripts/measure_versions.py``; 1.28 and 1.29, which cannot be built any more, are from the history of the gates in
``pkg/features/kube_features.go`` and from the release notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

#: the versions that the table covers
OLDEST, NEWEST = 28, 37


@dataclass(frozen=True, slots=True)
class Since:
    """From which minor version on a field is there.

    Args:
        known: from which on it is no unknown field.
        kept: from which on it is not dropped; ``None`` where the newest version still drops it.
        older: what to do before that, as an imperative.
        source: the enhancement, or the gate.
    """

    known: int
    kept: int | None
    older: str
    source: str


_USERS = "own the files by the pod's fsGroup, or let an init container copy them"
_ALPHA = "take it out, or turn its feature gate on and waive the rule"

#: by type and field; what is older than 1.28 is not listed
FIELDS: Mapping[str, Mapping[str, Since]] = {
    "Lifecycle": {"stopSignal": Since(33, None, "set STOPSIGNAL in the image", "KEP-4960")},
    "LifecycleHandler": {"sleep": Since(29, 30, "run `sleep` by exec, in an image that has it", "KEP-3960")},
    "PodSpec": {
        "hostUsers": Since(28, 33, "take it out", "KEP-127"),
        "resources": Since(32, 34, "give each container its resources", "KEP-2837"),
        "resourceClaims": Since(28, 34, "request the device by an extended resource", "KEP-4381"),
        "hostnameOverride": Since(34, 35, "set hostname and subdomain", "KEP-4762"),
        "schedulingGroup": Since(36, None, _ALPHA, "KEP-4671"),
        "evictionResponders": Since(37, None, _ALPHA, "KEP-4563"),
    },
    "PodSecurityContext": {
        "supplementalGroupsPolicy": Since(31, 33, "take it out", "KEP-3619"),
        "seLinuxChangePolicy": Since(32, 33, "take it out", "KEP-1710"),
        "appArmorProfile": Since(
            30, 30, "write the annotation container.apparmor.security.beta.kubernetes.io/<container>", "KEP-24"
        ),
    },
    "SecurityContext": {
        "appArmorProfile": Since(
            30, 30, "write the annotation container.apparmor.security.beta.kubernetes.io/<container>", "KEP-24"
        ),
    },
    "PodResourceClaim": {
        "resourceClaimName": Since(31, 34, "request the device by an extended resource", "KEP-4381"),
        "resourceClaimTemplateName": Since(31, 34, "request the device by an extended resource", "KEP-4381"),
    },
    "ResourceRequirements": {"claims": Since(28, 34, "request the device by an extended resource", "KEP-4381")},
    "ResourceClaim": {"request": Since(31, 34, "claim the whole", "KEP-4381")},
    "Container": {
        "restartPolicyRules": Since(34, 35, "let the program itself start again", "KEP-5307"),
        "resizePolicy": Since(28, 33, "take it out", "KEP-1287"),
    },
    "EphemeralContainer": {"restartPolicyRules": Since(34, 35, "take it out", "KEP-5307")},
    "EnvVarSource": {"fileKeyRef": Since(34, 35, "read the file when the program starts", "KEP-3721")},
    "Volume": {"image": Since(31, 35, "copy the files out of the image by an init container", "KEP-4639")},
    "VolumeProjection": {
        "clusterTrustBundle": Since(29, 37, "keep the certificates in a ConfigMap", "KEP-3257"),
        "podCertificate": Since(34, 37, "use a CSI driver for certificates", "KEP-4317"),
    },
    "PodCertificateProjection": {
        "userAnnotations": Since(35, 37, "take it out", "KEP-4317"),
        "user": Since(37, None, _USERS, "KEP-5936"),
    },
    "VolumeMount": {
        "recursiveReadOnly": Since(30, 31, "take it out", "KEP-3857"),
        "bindMountOptions": Since(37, None, _ALPHA, "KEP-5855"),
    },
    "EmptyDirVolumeSource": {"mode": Since(37, None, "set the mode by an init container", "KEP-5502")},
    "ConfigMapVolumeSource": {"defaultUser": Since(37, None, _USERS, "KEP-5936")},
    "SecretVolumeSource": {"defaultUser": Since(37, None, _USERS, "KEP-5936")},
    "DownwardAPIVolumeSource": {"defaultUser": Since(37, None, _USERS, "KEP-5936")},
    "ProjectedVolumeSource": {"defaultUser": Since(37, None, _USERS, "KEP-5936")},
    "KeyToPath": {"user": Since(37, None, _USERS, "KEP-5936")},
    "DownwardAPIVolumeFile": {"user": Since(37, None, _USERS, "KEP-5936")},
    "ServiceAccountTokenProjection": {"user": Since(37, None, _USERS, "KEP-5936")},
    "ClusterTrustBundleProjection": {"user": Since(37, None, _USERS, "KEP-5936")},
    "GRPCAction": {"mode": Since(37, None, _ALPHA, "KEP-4939")},
    "HTTPGetAction": {"protocol": Since(37, None, _ALPHA, "KEP-5999")},
    "PodAffinityTerm": {
        "matchLabelKeys": Since(29, 31, "write the labels into labelSelector", "KEP-3633"),
        "mismatchLabelKeys": Since(29, 31, "write the labels into labelSelector", "KEP-3633"),
    },
    "JobSpec": {
        "podReplacementPolicy": Since(28, 29, "take it out", "KEP-3939"),
        "backoffLimitPerIndex": Since(28, 29, "write backoffLimit", "KEP-3850"),
        "maxFailedIndexes": Since(28, 29, "write backoffLimit", "KEP-3850"),
        "successPolicy": Since(30, 31, "let all indexes succeed", "KEP-3998"),
        "managedBy": Since(30, 32, "take it out", "KEP-4368"),
        "scheduling": Since(37, None, _ALPHA, "KEP-5547"),
    },
    "RollingUpdateStatefulSetStrategy": {"maxUnavailable": Since(28, 37, "take it out", "KEP-961")},
    "ServiceSpec": {"trafficDistribution": Since(30, 31, "write the annotation topology-mode", "KEP-4444")},
}

Feature: TypeAlias = Literal["native-sidecar", "sleep-hook", "image-volume"]

_FEATURES: Mapping[Feature, int] = {"native-sidecar": 29, "sleep-hook": 30, "image-volume": 35}


def supports(minor: int, feature: Feature) -> bool:
    """Whether a cluster of this version has the feature with its default gates.

    Args:
        minor: the minor version, such as 33.
        feature: a sidecar that is an init container (`SidecarContainers`), a hook that sleeps
            (`PodLifecycleSleepAction`), a volume from an image (`ImageVolume`).
    """
    return minor >= _FEATURES[feature]


def needed_for(feature: Feature) -> str:
    """The version from which the feature is there, such as ``"1.29"``."""
    return f"1.{_FEATURES[feature]}"

"""What docstrings say of versions is what servers of these versions did."""

from __future__ import annotations

import re

import pytest

from patterns import model
from patterns.pod.versions import FIELDS

#: the value, the part of its docstring (an option, or all of it), and the field of which it speaks
SPOKEN = [
    ("FileKey", "", "EnvVarSource", "fileKeyRef"),
    ("ImageVolume", "", "Volume", "image"),
    ("Sleep", "", "LifecycleHandler", "sleep"),
    ("ClusterTrustBundle", "", "VolumeProjection", "clusterTrustBundle"),
    ("PodCertificate", "", "VolumeProjection", "podCertificate"),
    ("VolumeMount", "recursive_read_only", "VolumeMount", "recursiveReadOnly"),
    ("ResizePolicy", "", "Container", "resizePolicy"),
    ("Container", "resize_policy", "Container", "resizePolicy"),
    ("Container", "restart_policy_rules", "Container", "restartPolicyRules"),
    ("RestartRule", "", "Container", "restartPolicyRules"),
    ("ResourceRequirements", "claims", "ResourceRequirements", "claims"),
    ("PodSecurityContext", "supplemental_groups_policy", "PodSecurityContext", "supplementalGroupsPolicy"),
    ("PodSecurityContext", "se_linux_change_policy", "PodSecurityContext", "seLinuxChangePolicy"),
    ("AppArmorProfile", "", "SecurityContext", "appArmorProfile"),
    ("Lifecycle", "stop_signal", "Lifecycle", "stopSignal"),
]


@pytest.mark.parametrize(("value", "option", "type_name", "field"), SPOKEN)
def test_the_first_version_that_is_named_keeps_the_field(value: str, option: str, type_name: str, field: str) -> None:
    text = " ".join((getattr(model, value).__doc__ or "").split())
    if option:
        text = text.split(f" {option}: ", 1)[1]
    version = re.search(r"Kubernetes 1\.(\d+)", text)
    assert version is not None
    since = FIELDS[type_name][field]
    # a field behind a gate that is off is kept by no server, and the docstring says so
    assert (since.kept is None) == ("Alpha since" in text)

"""The table of versions says what real servers of 1.30 to 1.37 did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patterns.pod.checks.schema import types
from patterns.pod.versions import FIELDS, NEWEST, OLDEST, needed_for, supports

#: what scripts/measure_versions.py wrote
MEASURED: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent.parent / "data" / "versions.json").read_text("utf-8")
)
#: fields that are older than the table
OLDER = {
    "JobSpec.podFailurePolicy",
    "PodSpec.schedulingGates",
    "SecurityContext.procMount",
    "StatefulSetSpec.ordinals",
    "StatefulSetSpec.persistentVolumeClaimRetentionPolicy",
    "TopologySpreadConstraint.matchLabelKeys",
    "TopologySpreadConstraint.nodeTaintsPolicy",
}
#: not a field by itself: a rule of its own says it
VALUES = {"Container.restartPolicy", "SleepAction.seconds=0", "PodSecurityContext.seLinuxChangePolicy"}
NAMES = {"Lifecycle.preStop.sleep": "LifecycleHandler.sleep"}


@pytest.mark.parametrize("name", sorted(MEASURED.keys() - VALUES))
def test_the_table_says_what_servers_did(name: str) -> None:
    holds, field = NAMES.get(name, name).split(".")
    for version, said in MEASURED[name].items():
        minor = int(version.partition(".")[2])
        if name in OLDER:
            assert said == "kept"
            continue
        since = FIELDS[holds][field]
        if minor == 30 and field in ("resourceClaims", "claims"):
            # the probe names its claim as 1.31 and younger servers do
            continue
        if said == "unknown":
            assert minor < since.known, version
        elif said == "kept":
            assert since.kept is not None
            assert minor >= since.kept, version
        else:
            # dropped, or refused because what is left makes no sense
            assert since.known <= minor, version
            assert since.kept is None or minor < since.kept, version


def test_every_row_is_a_field_of_kubernetes_within_the_versions_of_the_table() -> None:
    for holds, fields in FIELDS.items():
        for field, since in fields.items():
            assert field in types()[holds]
            assert OLDEST <= since.known <= NEWEST
            assert since.kept is None or since.known <= since.kept <= NEWEST
            assert since.older
            assert since.source.startswith("KEP-")


def test_a_field_that_was_not_measured_belongs_to_one_that_was() -> None:
    measured = {NAMES.get(name, name) for name in MEASURED}
    listed = {f"{holds}.{field}" for holds, fields in FIELDS.items() for field in fields}
    # the parts of a type that is as young, and the same gate in another place
    assert listed - measured <= {
        "ClusterTrustBundleProjection.user",
        "DownwardAPIVolumeFile.user",
        "DownwardAPIVolumeSource.defaultUser",
        "EphemeralContainer.restartPolicyRules",
        "PodCertificateProjection.user",
        "PodCertificateProjection.userAnnotations",
        "PodResourceClaim.resourceClaimName",
        "PodResourceClaim.resourceClaimTemplateName",
        "PodSecurityContext.appArmorProfile",
        "ServiceAccountTokenProjection.user",
        "LifecycleHandler.sleep",
    }


def test_patterns_can_ask_what_the_target_has() -> None:
    assert next(minor for minor in range(OLDEST, NEWEST + 1) if supports(minor, "native-sidecar")) == 29
    assert not supports(34, "image-volume")
    assert supports(35, "image-volume")
    assert needed_for("sleep-hook") == "1.30"

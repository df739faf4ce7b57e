"""Every field that Kubernetes 1.37 knows has an option, but for the alpha ones, which go through ``extra``."""

from __future__ import annotations

import pytest

from patterns import model
from patterns.model import ApiValue, VolumeSource
from patterns.model.api_value import own_names
from patterns.model.fields import fields_of
from patterns.model.storage import OTHER_SOURCES

#: by type: what is alpha in 1.37, behind a feature gate that drops the field in silence, or has no enum of values yet
THROUGH_EXTRA = {
    "ClusterTrustBundleProjection": {"user"},
    "ConfigMapVolumeSource": {"defaultUser"},
    "DownwardAPIVolumeFile": {"user"},
    "DownwardAPIVolumeSource": {"defaultUser"},
    "EmptyDirVolumeSource": {"mode"},
    "GRPCAction": {"mode"},
    "HTTPGetAction": {"protocol"},
    "KeyToPath": {"user"},
    "PodCertificateProjection": {"user"},
    "ProjectedVolumeSource": {"defaultUser"},
    "SecretVolumeSource": {"defaultUser"},
    "ServiceAccountTokenProjection": {"user"},
    "VolumeMount": {"bindMountOptions"},
    # a claim's spec, of which a pod needs less
    "PersistentVolumeClaimSpec": {"dataSource", "dataSourceRef", "selector", "volumeName"},
}

VALUES = [
    value
    for value in (getattr(model, name) for name in vars(model)["__all__"])
    if isinstance(value, type) and issubclass(value, ApiValue) and value.kubernetes
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__name__)
def test_every_field_has_an_option(value: type[ApiValue]) -> None:
    own = set(own_names(value))
    if value.kubernetes == "Volume":
        return  # its fields are its sources: below
    assert own | THROUGH_EXTRA.get(value.kubernetes, set()) == set(fields_of(value.kubernetes))
    assert not own & THROUGH_EXTRA.get(value.kubernetes, set())


def test_every_volume_source_has_a_class() -> None:
    keys = {value.source_key for value in VALUES if issubclass(value, VolumeSource)}
    assert keys | set(OTHER_SOURCES) | {"name"} == set(fields_of("Volume"))
    assert not keys & set(OTHER_SOURCES)


def test_every_type_of_a_container_has_a_class() -> None:
    types = {"Container"}
    for _ in range(4):
        types |= {held.strip("[]{}") for name in types for held in fields_of(name).values()} - {"", "?"}
    # written in place: their one or two fields are options of the value that holds them
    in_place = {
        "EnvVarSource",
        "LifecycleHandler",
        "ConfigMapEnvSource",
        "SecretEnvSource",
        "ContainerRestartRuleOnExitCodes",
    }
    assert types - in_place <= {value.kubernetes for value in VALUES}


def test_a_name_that_is_not_public_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        getattr(model, "Nothing")  # noqa: B009  # mypy knows that it is not there

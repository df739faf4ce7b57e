"""The rows of the rules, and those that no line of a user can show."""

from __future__ import annotations

from typing import NamedTuple

_ROWS = {
    "N": 9,
    "M": 21,
    "E": 14,
    "Q": 6,
    "I": 5,
    "P": 18,
    "R": 1,
    "D": 9,
    "S": 12,
    "T": 2,
    "U": 1,
    "V": 1,
    "W": 3,
    "A": 4,
}

#: every row: names, mounts and volumes, environment and ports, quantities, images, pods, the file system, data, scalars
#: and secrets, types of options and replaced defaults, unknown fields, Services, workloads, the app and its tree
#: (patches, options, places, ids)
RULES = frozenset(f"{letter}{number}" for letter, last in _ROWS.items() for number in range(1, last + 1))


class Elsewhere(NamedTuple):
    """Why a row is not in the table, and what looks at it instead.

    Args:
        reason: why no value and no merge can refuse it.
        checks: rules of `patterns.pod.checks` that look at the whole app, or at somebody else's objects.
        tests: files where it is seen that the input does no harm.
    """

    reason: str
    checks: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()


ELSEWHERE = {
    "N7": Elsewhere("two objects of one name are seen when all are there", ("name-taken-twice",)),
    "N9": Elsewhere("no option of ours writes generateName", ("generate-name",)),
    "M3": Elsewhere("a mount below another is well in either order", tests=("tests/model/test_container.py",)),
    "M8": Elsewhere("a file that never changes may be meant", ("sub-path-never-updated",)),
    "M10": Elsewhere("a later contribution may mount the volume", ("unused-volume",)),
    "M20": Elsewhere("a value has no such option, which is Python's own error", ("unknown-field", "volume-source")),
    "I4": Elsewhere("an image without a tag is legal, and an opinion", ("image-without-tag",)),
    "P17": Elsewhere("a number of other rules for the whole pod", ("active-deadline", "scheduling-gate")),
    "R1": Elsewhere("what an image writes is known from facts about it", ("read-only-root",)),
    "D7": Elsewhere("how the object is applied is not known", ("too-large-to-apply",)),
    "D8": Elsewhere(
        "a ConfigMap takes bytes, and encodes them itself", ("base64",), ("tests/objects/test_config_map.py",)
    ),
    "D9": Elsewhere("bytes become binaryData by themselves", tests=("tests/objects/test_config_map.py",)),
    "S2": Elsewhere("the writer quotes what reads as a number", tests=("tests/yaml/test_scalars.py",)),
    "S3": Elsewhere("the writer keeps tabs and blank lines", tests=("tests/yaml/test_strings.py",)),
    "S4": Elsewhere("the writer quotes what reads as something else", tests=("tests/yaml/test_scalars.py",)),
    "S6": Elsewhere("scripts are constant, and get text as arguments", tests=("tests/sidecars/test_scripts.py",)),
    "S7": Elsewhere("an expansion may be meant, and `literal` says where not", tests=("tests/model/test_env.py",)),
    "S9": Elsewhere("a Secret is somebody else's object", ("secret-in-the-repository",)),
    "S10": Elsewhere("whether it becomes a Helm chart is not known", ("template-left",)),
    "S11": Elsewhere("whether Flux replaces it is not known", tests=("tests/yaml/test_strings.py",)),
}

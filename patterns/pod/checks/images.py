"""Rules for image names and pull policies."""

from __future__ import annotations

from patterns.model.image import reference_of
from patterns.pod.checks.reading import complaint
from patterns.pod.checks.rule import VALIDATION, Outcome, Problem, Problems, container_rule
from patterns.pod.checks.subject import Container

_IMAGES = "https://kubernetes.io/docs/concepts/containers/images/"


@container_rule("image-missing", Outcome.REFUSED, source=f"{VALIDATION} validateContainers", whole=True)
def image_missing(container: Container) -> Problems:
    """Each container has an image."""
    if not container.json.get("image"):
        yield Problem(("image",), "image must be given, got none", "name the image with its tag")


@container_rule("image-with-blanks", Outcome.REFUSED, source=f"{VALIDATION} ValidatePod", fields=("image",))
def image_with_blanks(container: Container) -> Problems:
    """The server refuses a Pod whose image has blanks around it."""
    image = container.json.get("image")
    if isinstance(image, str) and image and image != image.strip() and container.of_plain_pod:
        yield Problem(("image",), f"image must have no blanks around it, got {image!r}", f"write {image.strip()}")


@container_rule(
    "image-name",
    Outcome.BROKEN,
    source=f"{_IMAGES}#image-names; seen on a kubelet 1.37: InvalidImageName",
    fields=("image",),
)
def image_name(container: Container) -> Problems:
    """Nobody checks the name of an image before the kubelet pulls it."""
    image = container.json.get("image")
    if not isinstance(image, str) or not image.strip() or "$" in image or "{" in image or image.startswith("ko://"):
        # something else fills it in before it is applied
        return
    if container.of_plain_pod and image != image.strip():
        return
    if said := complaint(reference_of, image, "image"):
        yield Problem(("image",), said, "write [registry/]name[:tag][@digest] in lower case")


@container_rule(
    "image-pull-policy", Outcome.REFUSED, source=f"{VALIDATION} validatePullPolicy", fields=("imagePullPolicy",)
)
def image_pull_policy(container: Container) -> Problems:
    """There are three pull policies, and letters count."""
    policy = container.json.get("imagePullPolicy")
    if isinstance(policy, str) and policy and policy not in ("Always", "IfNotPresent", "Never"):
        message = f"imagePullPolicy must be Always, IfNotPresent or Never, got {policy!r}"
        yield Problem(("imagePullPolicy",), message, "choose one of them")


@container_rule("image-without-tag", Outcome.OPINION, source=f"{_IMAGES}#image-names", fields=("image",))
def image_without_tag(container: Container) -> Problems:
    """An image without a tag, or with ``latest``, is another image tomorrow, and no roll-back brings the old one."""
    image = container.json.get("image")
    if not isinstance(image, str) or not image.strip() or "@" in image or "$" in image:
        return
    _, colon, tag = image.rpartition("/")[2].partition(":")
    if not colon or tag == "latest":
        message = f"image must be pinned by a tag or digest, got {image!r}"
        yield Problem(("image",), message, "write the tag of a release")

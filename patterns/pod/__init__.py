"""Pure functions on a plain JSON pod template. Nothing here knows cdk8s or needs a Node."""

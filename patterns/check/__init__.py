"""``python -m patterns check``: the rules of the library on any YAML. It needs neither cdk8s nor Node."""

"""Charts to copy from: one file per chart.

A chart may import cdk8s before anything of `patterns`, and that starts Node; so the right one is found here, first.
"""

from patterns.node import find_node

find_node()

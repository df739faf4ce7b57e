"""Rules for the specs of Deployments, StatefulSets, DaemonSets, Jobs and CronJobs."""

from __future__ import annotations

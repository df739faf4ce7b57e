"""Two workloads of one chart never select each other's pods unseen."""

from __future__ import annotations

import pytest

from patterns import App, Chart, Construct, Container, CronJob, Deployment, Job, StatefulSet, SynthesisError

import cdk8s  # isort: skip  # after patterns, which finds Node

APP = Container(name="app", image="app:1")


@pytest.mark.parametrize("root", [App, cdk8s.App])
def test_equal_labels_of_two_kinds_are_found(root: type[cdk8s.App]) -> None:
    app = root()
    chart = Chart(app, "c")
    Deployment(chart, "web", name="web", containers=[APP])
    StatefulSet(Construct(chart, "group"), "web", name="web", containers=[APP])
    with pytest.raises((SynthesisError, RuntimeError)) as raised:
        app.synth_yaml()
    assert (
        "StatefulSet 'c/group/web': its pods have the labels app.kubernetes.io/name=web, "
        "app.kubernetes.io/instance=web, and so have those of Deployment 'c/web': a selector of one finds the pods of "
        "both; give one of them another id, another name= or a selector= of its own"
    ) in str(raised.value)


def test_a_job_whose_pods_look_like_those_of_a_deployment_is_found() -> None:
    app = App()
    chart = Chart(app, "c")
    Job(Construct(chart, "group"), "web", name="web", containers=[APP])
    Deployment(chart, "web", name="web", containers=[APP])
    with pytest.raises(SynthesisError, match=r"Deployment 'c/web': its pods have .* those of Job 'c/group/web'"):
        app.synth_yaml()


def test_equal_selectors_of_one_s_own_are_found() -> None:
    app = App()
    chart = Chart(app, "c")
    Deployment(chart, "blue", containers=[APP], selector={"app": "web"})
    Deployment(chart, "green", containers=[APP], selector={"app": "web"})
    with pytest.raises(SynthesisError, match=r"Deployment 'c/green': its pods have the labels app=web"):
        app.synth_yaml()


def test_other_ids_names_namespaces_and_charts_are_let_be() -> None:
    app = App()
    chart = Chart(app, "c")
    Deployment(chart, "web", name="web", containers=[APP])
    StatefulSet(chart, "store", name="web", containers=[APP])
    group = Construct(chart, "group")
    StatefulSet(group, "web", name="web2", containers=[APP])
    StatefulSet(Construct(chart, "there"), "web", name="web", namespace="there", containers=[APP])
    Deployment(Chart(app, "d"), "web", name="web", namespace="d", containers=[APP])
    CronJob(Construct(chart, "x"), "report", name="r", schedule="@daily", containers=[APP])
    Job(Construct(chart, "y"), "report", name="r", containers=[APP])
    app.synth_yaml()

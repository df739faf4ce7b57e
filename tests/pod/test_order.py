"""Start order as a pure function on names."""

from __future__ import annotations

import pytest

from patterns.errors import Conflict, NotFound
from patterns.pod.order import Relation, check_relations, ordered


def test_without_relations_names_keep_their_order() -> None:
    assert ordered(["b", "a", "c"], []) == ["b", "a", "c"]


def test_a_name_moves_to_just_before_what_waits_for_it() -> None:
    assert ordered(["a", "b", "c", "d"], [Relation("d", "b", "X")]) == ["a", "d", "b", "c"]


def test_relations_to_names_that_are_not_there_are_passed_over() -> None:
    assert ordered(["a", "b"], [Relation("b", "later", "X")]) == ["a", "b"]


def test_chains_are_followed() -> None:
    relations = [Relation("c", "b", "X"), Relation("b", "a", "Y")]
    assert ordered(["a", "b", "c"], relations) == ["c", "b", "a"]


def test_a_circle_is_told_with_everybody_who_asked() -> None:
    with pytest.raises(Conflict) as raised:
        ordered(["a", "b", "c"], [Relation("a", "b", "X"), Relation("b", "c", "Y"), Relation("c", "a", "Z")])
    assert str(raised.value) == (
        "the start order goes round in a circle: a -> b -> c -> a; X asks for 'a' before 'b'; Y asks for 'b' before "
        "'c'; Z asks for 'c' before 'a'; take one of before= and after= away"
    )


def test_a_relation_to_nobody_names_those_who_are_there() -> None:
    with pytest.raises(NotFound, match="X is ordered against 'proxi', which the pod does not have; it has app, proxy"):
        check_relations([Relation("proxi", "proxy", "X")], init_containers=["proxy"], containers=["app"])


def test_before_an_application_container_is_what_init_containers_are_anyway() -> None:
    check_relations([Relation("wait", "app", "X")], init_containers=["wait"], containers=["app"])


def test_after_an_application_container_is_an_order_that_kubernetes_does_not_keep() -> None:
    with pytest.raises(Conflict, match="X asks for 'app' before 'wait', but 'app' is no init container"):
        check_relations([Relation("app", "wait", "X")], init_containers=["wait"], containers=["app"])

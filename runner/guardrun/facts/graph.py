"""The graph of resources: who depends on whom, directly and through others, and where it runs in a circle."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from guardrun.facts.references import Reference

Graph = dict[str, dict[str, str]]
"""For each resource the resources it depends on, with the JSON pointer of the first reference to each."""

WAITING = {"Ref", "GetAtt", "Sub", "DependsOn"}
"""The kinds of reference that make a resource wait for another."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """Resources that wait for each other: `members` in order, `at` the places of the edges from each to the next."""

    members: tuple[str, ...]
    at: tuple[str, ...]


def build_graph(resources: dict[str, Any], references: list[Reference]) -> Graph:
    """Edges by Ref, GetAtt, Sub and DependsOn between the resources of one template."""
    graph: Graph = {logical_id: {} for logical_id in resources}
    for reference in references:
        if reference.section == "Resources" and reference.kind in WAITING and reference.name in graph:
            graph[reference.owner].setdefault(reference.name, reference.at)
    return graph


def reverse(graph: Graph) -> Graph:
    """The same edges, from what is depended on to what depends on it."""
    reversed_graph: Graph = {node: {} for node in graph}
    for node, targets in graph.items():
        for target, at in targets.items():
            reversed_graph[target][node] = at
    return reversed_graph


def reachable(graph: Graph, start: str) -> set[str]:
    """Everything that `start` leads to over one or more edges."""
    found: set[str] = set()
    waiting = [*graph[start]]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += graph[node]
    return found


def find_cycles(graph: Graph) -> list[Cycle]:
    """Cycles that together hold every edge of a circle: for each edge that is in none yet a shortest one with it."""
    cycles: list[Cycle] = []
    covered: set[tuple[str, str]] = set()
    graph = _without_ends(graph)
    for start in graph:
        for target in graph[start]:
            if (start, target) not in covered and (back := _shortest_path(graph, target, start)):
                members = (start, *back[:-1])
                edges = tuple(zip(members, (*members[1:], start), strict=True))
                covered.update(edges)
                cycles.append(Cycle(members, tuple(graph[a][b] for a, b in edges)))
    return cycles


def _without_ends(graph: Graph) -> Graph:
    """What is left when everything that leads into no circle is gone; mostly nothing."""
    left = graph
    while ends := {node for node, targets in left.items() if not targets}:
        left = {
            node: {target: at for target, at in targets.items() if target not in ends}
            for node, targets in left.items()
            if node not in ends
        }
    return left


def _shortest_path(graph: Graph, start: str, end: str) -> tuple[str, ...] | None:
    """The nodes from start to end, both of them included; one node alone when they are the same."""
    came_from: dict[str, str] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == end:
            return _path(came_from, start, end)
        for target in graph[node]:
            if target != start and target not in came_from:
                came_from[target] = node
                waiting.append(target)
    return None


def _path(came_from: dict[str, str], start: str, end: str) -> tuple[str, ...]:
    path = [end]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))

"""Which subnets the internet can reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from guardrun.facts.links import Link

GATEWAY = "AWS::EC2::InternetGateway"
ROUTE = "AWS::EC2::Route"
ASSOCIATION = "AWS::EC2::SubnetRouteTableAssociation"
SUBNET = "AWS::EC2::Subnet"


def public_subnets(resources: dict[str, Any], types: dict[str, str], links: Iterable[Link]) -> set[str]:
    """The subnets whose route table leads to an internet gateway; without a table, those with public addresses."""
    by_owner: dict[str, list[Link]] = {}
    for link in links:
        by_owner.setdefault(link.owner, []).append(link)
    open_tables = set(_tables_with_gateway(types, by_owner))
    routed: dict[str, set[str]] = {}
    for owner, own in by_owner.items():
        if types.get(owner) == ASSOCIATION:
            tables = {link.name for link in own if link.property == "RouteTableId"}
            for subnet in (link.name for link in own if link.property == "SubnetId"):
                routed.setdefault(subnet, set()).update(tables)
    subnets = [name for name, kind in types.items() if kind == SUBNET]
    return {
        name
        for name in subnets
        if (not open_tables.isdisjoint(routed[name]) if name in routed else _hands_out_addresses(resources[name]))
    }


def _tables_with_gateway(types: dict[str, str], by_owner: dict[str, list[Link]]) -> Iterator[str]:
    for owner, own in by_owner.items():
        if types.get(owner) == ROUTE and any(
            link.property == "GatewayId" and types.get(link.name) == GATEWAY for link in own
        ):
            yield from (link.name for link in own if link.property == "RouteTableId")


def _hands_out_addresses(body: Any) -> bool:
    properties = body.get("Properties") if isinstance(body, dict) else None
    return isinstance(properties, dict) and str(properties.get("MapPublicIpOnLaunch")).lower() == "true"

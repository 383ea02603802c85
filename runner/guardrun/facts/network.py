"""Which subnets the internet can reach, and whether their blocks fit into their network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from guardrun.facts.links import Link
from guardrun.read.places import pointer

if TYPE_CHECKING:
    from ipaddress import IPv4Network

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


def block_faults(resources: dict[str, Any], types: dict[str, str], links: Iterable[Link]) -> list[dict[str, str]]:
    """Subnets whose block lies outside of their network's, or overlaps another subnet's; only known blocks count.

    Subnets under different conditions may take turns with a block.
    """
    networks = {link.owner: link.name for link in links if link.property == "VpcId" and types.get(link.owner) == SUBNET}
    extended = {link.name for link in links if types.get(link.owner) == "AWS::EC2::VPCCidrBlock"}
    blocks = {name: block for name in types if (block := _block(resources[name]))}
    faults = []
    for subnet, network in networks.items():
        mine, whole = blocks.get(subnet), blocks.get(network)
        if mine and whole and network not in extended and not mine.subnet_of(whole):
            faults.append(_block_fault(subnet, f"{mine} lies outside of {whole}, the block of {network}"))
    pairs = [pair for pair in combinations(networks, 2) if networks[pair[0]] == networks[pair[1]]]
    for one, other in pairs:
        first, second = blocks.get(one), blocks.get(other)
        together = resources[one].get("Condition") == resources[other].get("Condition")
        if first and second and together and first.overlaps(second):
            faults.append(_block_fault(other, f"{second} overlaps {first}, the block of {one}"))
    return faults


def _block(body: Any) -> IPv4Network | None:
    properties = body.get("Properties") if isinstance(body, dict) else None
    block = properties.get("CidrBlock") if isinstance(properties, dict) else None
    from ipaddress import IPv4Network  # noqa: PLC0415  slow to import, and only networks need it

    try:
        return IPv4Network(block, strict=False) if isinstance(block, str) else None
    except ValueError:
        return None


def _block_fault(subnet: str, text: str) -> dict[str, str]:
    return {"Text": text, "At": pointer("Resources", subnet, "Properties", "CidrBlock")}


def _tables_with_gateway(types: dict[str, str], by_owner: dict[str, list[Link]]) -> Iterator[str]:
    for owner, own in by_owner.items():
        if types.get(owner) == ROUTE and any(
            link.property == "GatewayId" and types.get(link.name) == GATEWAY for link in own
        ):
            yield from (link.name for link in own if link.property == "RouteTableId")


def _hands_out_addresses(body: Any) -> bool:
    properties = body.get("Properties") if isinstance(body, dict) else None
    return isinstance(properties, dict) and str(properties.get("MapPublicIpOnLaunch")).lower() == "true"

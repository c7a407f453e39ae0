"""Native carriers: modules that speak our published carrier interface, with nothing mapped."""

from cli.codegen.plan.environment import Carrier, wire_facts
from cli.codegen.plan.frame import Faults, Refused
from cli.mapping.tree import CarrierTree


def native_modules(tree: CarrierTree, faults: Faults) -> Carrier:
    """Plan the modules of a native carrier."""
    carrier = Carrier(tree, faults, wire_facts(tree.carrier.wire))
    with faults.collected():
        raise Refused("E290", tree.carrier.mark, "native carriers are not supported yet")
    return carrier

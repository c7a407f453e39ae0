"""`scenarios:` read: sequences of examples by name, and what one step's reply gives to later ones."""

import re
from typing import Any

from contract_tests.examples.example import Carry, Scenario, Stated
from gateway.catalogue.nodes import ListNode, MapNode, Node
from gateway.catalogue.values import Faults, as_map, as_text, unknown_keys

CODE = "E713"
SCENARIOS_MAX, STEPS_MAX, CARRIED_MAX = 200, 30, 50
_ID = re.compile(r"[\w.+-]{1,80}")
_FROM = re.compile(r"steps\.(\d{1,3})\.canonical\.(\S{1,200})")
_HINT = "steps.0.canonical.quotes.0.quote_id: the first step is 0"


def read_scenarios(node: Node | None, faults: Faults) -> tuple[Scenario, ...]:
    """The scenarios of a file; what is wrong with one is told at its place."""
    if node is None:
        return ()
    if not isinstance(node, ListNode) or not 0 < len(node) <= SCENARIOS_MAX:
        faults.add(node.mark, f"scenarios is a list of 1 to {SCENARIOS_MAX}", code=CODE)
        return ()
    read: list[Scenario] = []
    for item in node.items:
        before = len(faults)
        scenario = _scenario(item, faults)
        if scenario is not None and len(faults) == before:
            read.append(scenario)
    return tuple(each for each in read if not _is_doubled(each, read, faults))


def _is_doubled(scenario: Scenario, read: list[Scenario], faults: Faults) -> bool:
    """Whether another one has its name: neither is carried out."""
    doubled = sum(each.id == scenario.id for each in read) > 1
    if doubled:
        faults.add(scenario.mark, f"two scenarios are called '{scenario.id}'", code=CODE)
    return doubled


def _scenario(node: Node, faults: Faults) -> Scenario | None:
    words = as_map(node, faults, "a scenario")
    if words is None:
        return None
    unknown_keys(words, ("id", "steps", "carry"), faults, "a scenario", code=CODE)
    name = words.get("id")
    text = as_text(name, faults, "id") if name is not None else None
    if text is None or not _ID.fullmatch(text):
        faults.add(words.mark, "a scenario needs an id of letters, digits, '-', '_' and '.'", code=CODE)
        return None
    steps = _steps(words, faults)
    return Scenario(id=text, mark=words.mark_of("id"), steps=steps, carry=_carry(words, len(steps), faults))


def _steps(words: MapNode, faults: Faults) -> tuple[Stated, ...]:
    node = words.get("steps")
    if not isinstance(node, ListNode) or not 1 < len(node) <= STEPS_MAX:
        hint = "steps: [quote.create/basic, policy.issue/basic]"
        faults.add(words.mark_of("steps"), f"steps is a list of 2 to {STEPS_MAX} examples", hint, code=CODE)
        return ()
    texts = [(as_text(item, faults, "a step"), item.mark) for item in node.items]
    return tuple(Stated(text, mark) for text, mark in texts if text is not None)


def _carry(words: MapNode, steps: int, faults: Faults) -> tuple[Carry, ...]:
    node = words.get("carry")
    pairs: Any = (as_map(node, faults, "carry") if node is not None else None) or ()
    if len(pairs) > CARRIED_MAX:
        faults.add(words.mark_of("carry"), f"more than {CARRIED_MAX} values carried", code="E707")
        return ()
    found = [_carried(key.text, value, steps, faults) for key, value in pairs]
    return tuple(each for each in found if each is not None)


def _carried(name: str, node: Node, steps: int, faults: Faults) -> Carry | None:
    text = as_text(node, faults, name)
    if text is None:
        return None
    way = _FROM.fullmatch(text)
    if way is None:
        faults.add(node.mark, f"'{text}' names no field of a step's result", _HINT, code=CODE)
        return None
    step = int(way[1])
    if steps and step >= steps - 1:
        told = f"there is no step {step}" if step >= steps else f"nothing comes after step {step}"
        faults.add(node.mark, f"{told}: the steps are 0 to {steps - 1}", _HINT, code=CODE)
        return None
    return Carry(name=name, mark=node.mark, step=step, path=way[2])

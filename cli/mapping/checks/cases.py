"""Case tables: patterns that can hold, captures bound on both sides, nothing forgotten and nothing unreachable."""

from cli.mapping.checks.canonical import check_value, field_at
from cli.mapping.checks.converters import check_codec
from cli.mapping.checks.expressions import check_expression
from cli.mapping.checks.surroundings import Checking, Place
from cli.mapping.patterns import Matches, texts_of
from cli.mapping.tree import Case, Pattern
from gateway.catalogue.marks import Mark
from gateway.model.reflect import EnumType, Field

VALUES_SHOWN_MAX = 6


def check_cases(checking: Checking, cases: tuple[Case, ...], mark: Mark, place: Place, prefix: str) -> None:
    """One table; its canonical paths start from `place.kind`, which `prefix` names when it is a field of the object."""
    fields: dict[str, Field] = {}
    for case in cases:
        bound = _bound(checking, case, place, fields)
        _check_wire(checking, case, place, bound)
        if case.when is not None:
            check_expression(checking, case.when, place, wanted="test", reply=True)
    _check_order(checking, cases)
    if place.side == "send":
        _check_exhaustive(checking, cases, mark, place, fields, prefix)


def _bound(checking: Checking, case: Case, place: Place, fields: dict[str, Field]) -> dict[str, tuple[Field, Mark]]:
    """The captures of the canonical side, each with its field and place."""
    bound: dict[str, tuple[Field, Mark]] = {}
    for path, pattern in case.matches:
        found = field_at(checking, place, path)
        if found is None:
            continue
        fields[path.text] = found
        for text in pattern.texts:
            check_value(checking, found, text)
        if pattern.capture is not None:
            bound[pattern.capture] = (found, pattern.mark)
            if pattern.codec is not None:
                hint = "the wire side says how it is written"
                checking.say("E222", pattern.codec.mark, "a codec on the canonical side", hint)
    return bound


def _check_wire(checking: Checking, case: Case, place: Place, bound: dict[str, tuple[Field, Mark]]) -> None:
    written = set()
    for _, pattern in case.wire:
        if pattern.capture is None:
            continue
        written.add(pattern.capture)
        if pattern.capture not in bound:
            checking.say("E222", pattern.mark, f"'${pattern.capture}' is not captured by this case's is:")
            continue
        plan = check_codec(checking, pattern.codec, bound[pattern.capture][0], place, pattern.mark)
        if plan is not None and plan.needs_currency and "currency" not in checking.carrier.defaults:
            hint = "defaults: { currency: .. } says it"
            checking.say("E217", pattern.mark, "this amount does not say in which currency it is", hint)
    for name, (_, mark) in bound.items():
        if name not in written:
            hint = "$_ asks for a value without keeping it"
            checking.say("E222", mark, f"'${name}' is captured and never written", hint)


def _check_order(checking: Checking, cases: tuple[Case, ...]) -> None:
    for at, later in enumerate(cases):
        for earlier in cases[:at]:
            if earlier.when is None and _takes(earlier.matches, later.matches):
                line = earlier.mark.line
                checking.say("E227", later.mark, f"never reached: the case at line {line} takes all it would")
                break


def _takes(earlier: Matches, later: Matches) -> bool:
    """Whether everything that fits the later patterns fits the earlier ones."""
    wanted = {path.text: pattern for path, pattern in later}
    return all(path.text in wanted and _covers(pattern, wanted[path.text]) for path, pattern in earlier)


def _covers(wide: Pattern, narrow: Pattern) -> bool:
    if wide.kind in ("present", "capture"):
        return narrow.kind != "absent"
    if wide.kind == "absent" or narrow.kind != "texts":
        return wide.kind == narrow.kind == "absent"
    return set(texts_of(narrow)) <= set(texts_of(wide))


def _check_exhaustive(
    checking: Checking, cases: tuple[Case, ...], mark: Mark, place: Place, fields: dict[str, Field], prefix: str
) -> None:
    """W251 for values of an enum that no case takes; only where every case asks for that enum."""
    for path, found in fields.items():
        values = _values(found)
        asked_always = all(path in {each.text for each, _ in case.matches} for case in cases)
        if not values or not asked_always or not _are_values(cases, path, values):
            continue
        left = [value for value in values if not any(_takes_value(case, path, value) for case in cases)]
        if left:
            name = ".".join(part for part in (prefix, path if path != "." else "") if part)
            message = f"{place.title}: no case for {name} = {_shown(left)}"
            checking.say("W251", mark, message, "such a request is refused before anything is sent")


def _shown(values: list[str]) -> str:
    more = f", ... ({len(values)} in all)" if len(values) > VALUES_SHOWN_MAX else ""
    return ", ".join(values[:VALUES_SHOWN_MAX]) + more


def _values(found: Field) -> tuple[str, ...]:
    return found.type.values if isinstance(found.type, EnumType) else ()


def _are_values(cases: tuple[Case, ...], path: str, values: tuple[str, ...]) -> bool:
    texts = (texts_of(pattern) for case in cases for each, pattern in case.matches if each.text == path)
    return all(set(each) <= set(values) for each in texts)


def _takes_value(case: Case, path: str, value: str) -> bool:
    """Whether a case takes a value, be it under a further condition: then its author has thought of it."""
    pattern = next(pattern for each, pattern in case.matches if each.text == path)
    return value in texts_of(pattern) if pattern.kind == "texts" else pattern.kind != "absent"

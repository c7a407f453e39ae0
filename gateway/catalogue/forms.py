"""A product's form: the JSON Schema of what it asks about its objects and in its questions.

One document is checked per insured object: the members of the object's own kind (`order_no`, `tickets`, ...) and beside
them the answers, by question. A request without objects gives one document of answers.
"""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec

from gateway.model.proposal import ProposalTerms
from gateway.model.validate import Fault, FaultCode
from gateway.model.validate.fault import below

FAULTS_MAX = 50
_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_CODES = {
    "required": FaultCode.missing,
    "enum": FaultCode.range,
    "const": FaultCode.range,
    "minimum": FaultCode.range,
    "maximum": FaultCode.range,
    "exclusiveMinimum": FaultCode.range,
    "exclusiveMaximum": FaultCode.range,
    "maxLength": FaultCode.too_long,
    "maxItems": FaultCode.too_many,
}


class FormCheck:
    """A form compiled for checking requests; made once per product version."""

    def __init__(self, form: dict[str, Any]) -> None:
        """Compile the schema, which the catalogue has found sound; nothing is ever fetched for it."""
        self._validator = jsonschema_rs.validator_for(
            {"$schema": _DRAFT, **form},
            validate_formats=True,
            # Messages reach callers and logs: what was answered may be about health.
            mask="the value",
            offline=True,
            # The linear engine: a form's pattern must not run away on a hostile text.
            pattern_options=jsonschema_rs.RegexOptions(),
        )

    def faults(self, request: ProposalTerms) -> list[Fault]:
        """What the form says against a request, by the path of the field in it."""
        found: dict[Fault, None] = {}
        for document, place, own in _documents(request):
            for error in self._validator.iter_errors(document):
                found[_fault(error, place, own)] = None
                if len(found) >= FAULTS_MAX:
                    return list(found)
        return list(found)


def form_problem(form: Any) -> tuple[str, tuple[str | int, ...]] | None:
    """What is wrong with a form as a schema, and where in it; None when it is sound."""
    if not isinstance(form, dict) or form.get("type") != "object":
        return "a form is a JSON Schema of an object: type: object", ()
    try:
        jsonschema_rs.meta.validate({**form, "$schema": _DRAFT})
    except jsonschema_rs.ValidationError as error:
        return _explained(form) or (error.message, tuple(error.instance_path))
    for reference, path in _references(form, ()):
        if not reference.startswith("#"):
            return "a form refers to nothing outside itself", path
    try:
        FormCheck(form)
    except jsonschema_rs.ValidationError as error:
        return error.message, tuple(error.instance_path)
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        return str(error).splitlines()[0], ()
    return None


def _explained(form: dict[str, Any]) -> tuple[str, tuple[str | int, ...]] | None:
    """The one fault of a form that says most about it: the deepest, where a slower library weighs them all."""
    import jsonschema  # noqa: PLC0415 - takes a fifth of a second to load, and nearly every form is sound

    try:
        jsonschema.Draft202012Validator.check_schema(form)
    except jsonschema.SchemaError as error:
        return error.message, tuple(error.absolute_path)
    return None


def _references(node: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("$ref", "$dynamicRef") and isinstance(value, str):
                yield value, (*path, key)
            yield from _references(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _references(value, (*path, at))


def _documents(request: ProposalTerms) -> Iterator[tuple[dict[str, Any], str, tuple[str, ...]]]:
    """Each document to check, with the path of the object in it and the names of that object's own members."""
    if not request.objects:
        yield {each.question: each.value for each in request.answers}, "", ()
    for at, insured_object in enumerate(request.objects):
        about = {insured_object.ref, *insured_object.insured_refs}
        answers = {
            each.question: each.value for each in request.answers if each.instance is None or each.instance in about
        }
        thing: Any = getattr(insured_object, insured_object.type)
        place = below("objects", at, insured_object.type)
        yield {**answers, **msgspec.to_builtins(thing)}, place, thing.__struct_encode_fields__


def _fault(error: jsonschema_rs.ValidationError, place: str, own: tuple[str, ...]) -> Fault:
    keyword = str(error.schema_path[-1]) if error.schema_path else ""
    path, message = [*error.instance_path], error.message
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=missing):
            path, message = [*path, missing], "the form needs this"
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=unexpected):
            path, message = [*path, *unexpected[:1]], "the form does not ask for this"
    of_object = bool(place) and (not path or path[0] in own)
    return Fault(below(place if of_object else "answers", *path), _CODES.get(keyword, FaultCode.malformed), message)

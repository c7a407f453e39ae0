"""A planned module as source text: the frame from a template, the statements from the emitter."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from cli.codegen.emit.source import constant_source, function_source
from cli.codegen.plan.code import Module
from cli.codegen.plan.names import is_identifier, plain


@cache
def _template(name: str) -> Template:
    # Source code, no markup: nothing is escaped, and nothing of a mapping reaches the template but through `plain`.
    loader = PackageLoader("cli.codegen.emit", "templates")
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
    return environment.get_template(name)


def module_source(module: Module, carrier: str) -> str:
    """The text of one module, not formatted yet."""
    return _template("module.py.j2").render(
        title=plain(f"{carrier} {module.title}") or "A carrier",
        mapping=plain(module.mapping),
        mapping_literal=repr(module.mapping),
        sha256=plain(module.sha256),
        imports=list(module.imports.lines()),
        constants=[constant_source(constant) for constant in module.constants],
        functions=[function_source(function) for function in module.functions],
        exports=[constant_source(constant) for constant in module.exports],
    )


def package_source(title: str, mapping: str, sha256: str) -> str:
    """The text of a carrier's `__init__.py`."""
    texts = {"title": plain(title) or "A carrier", "mapping": plain(mapping), "sha256": plain(sha256)}
    return _template("package.py.j2").render(**texts)


def hooks_source(title: str, carrier: str, hooks: list[str]) -> str:
    """The text of a first `hooks.py`: one typed function for every hook the mapping names."""
    names = [name for name in sorted(hooks) if is_identifier(name)]
    return _template("hooks.py.j2").render(title=plain(title) or "A carrier", carrier=carrier, hooks=names)

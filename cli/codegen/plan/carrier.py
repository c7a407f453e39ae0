"""`carrier.yaml` as a module: shapes, layers, errors, token, callbacks, and the `Carrier` the gateway knows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cli.codegen.plan.callbacks import callback_text
from cli.codegen.plan.code import Constant, Line, Module, Statement
from cli.codegen.plan.decoding import decoded_functions
from cli.codegen.plan.encoding import encoded_function
from cli.codegen.plan.environment import Carrier, Environment, wire_facts
from cli.codegen.plan.frame import Faults
from cli.codegen.plan.operation import module_name, operation_module, timeout_text
from cli.codegen.plan.outcomes import error_table
from cli.codegen.plan.shapes import Shapes
from cli.codegen.plan.statement import statement_module
from cli.codegen.plan.tls import tls_field, tls_settings
from cli.codegen.plan.tokens import token_text
from cli.mapping.layers import undone
from cli.mapping.tree import CarrierFile, CarrierTree, Text
from gateway.wire.hours import parse_hours

_SETTING = re.compile(
    r"""ctx\.config\.get\(["']([^"']+)["']\)|secret\(ctx, '([^']+)'\)|dig\(ctx\.config, ["']([^"']+)["']"""
)


def plan_carrier(tree: CarrierTree, faults: Faults) -> Carrier:
    """Plan every module of a carrier; what cannot be generated is in `faults`."""
    carrier = Carrier(tree, faults, wire_facts(tree.carrier.wire))
    module = Module("carrier", "all operations", tree.carrier.file, carrier.digest(tree.carrier.file))
    carrier.modules["carrier"] = module
    env = Environment(carrier, module, carrier.wire)
    carrier.shapes = Shapes(carrier, env)
    for operation in tree.operations:
        operation_module(carrier, operation)
    if tree.statement is not None:
        statement_module(carrier, tree.statement)
    _carrier(carrier, env)
    return carrier


def _carrier(carrier: Carrier, env: Environment) -> None:
    declared, module = carrier.tree.carrier, carrier.modules["carrier"]
    with carrier.faults.collected():
        _layers(carrier, env, declared)
    # Callbacks are planned with the fields, and may be the only ones that look into the table of errors.
    fields = _fields(carrier, env, declared)
    if declared.errors is not None and _needs(carrier, ("ERRORS", "error")):
        with carrier.faults.collected():
            module.exports.append(error_table(env, declared.errors))
    module.exports.append(Constant("CARRIER", "", f"{env.use('Carrier')}({', '.join(fields)})"))


def _needs(carrier: Carrier, names: Iterable[str]) -> bool:
    home = f"{carrier.package}.carrier"
    wanted = set(names)
    if any(wanted & module.imports.names.get(home, set()) for module in carrier.modules.values()):
        return True
    return any(
        name in text
        for name in wanted
        for text in _texts(carrier.modules["carrier"])
        if f"{name}(" in text or name == "ERRORS"
    )


def _texts(module: Module) -> Iterable[str]:
    for function in module.functions:
        yield from _lines(function.body)


def _lines(body: list[Statement]) -> Iterable[str]:
    for statement in body:
        if isinstance(statement, Line):
            yield statement.text
            continue
        for name in ("head", "tail"):
            if hasattr(statement, name):
                yield getattr(statement, name)
        for argument, _ in getattr(statement, "arguments", ()):
            yield argument
        for arm in getattr(statement, "arms", ()):
            yield arm.test or ""
            yield from _lines(arm.body)
        yield from _lines(list(getattr(statement, "body", ())))
        yield from _lines(list(getattr(statement, "handler", ())))


def _layers(carrier: Carrier, env: Environment, declared: CarrierFile) -> None:
    home = f"{carrier.package}.carrier"
    used = {name for module in carrier.modules.values() for name in module.imports.names.get(home, set())}
    if "encoded" in used:
        function = encoded_function(
            env,
            declared.wire,
            declared.headers,
            name="encoded",
            bodyless=carrier.bodyless,
            more=carrier.own_headers,
            replies=declared.reply,
        )
        env.module.functions.insert(0, function)
    if "decoded" in used:
        lists = declared.reply or (undone(declared.wire),)
        env.module.functions[1:1] = decoded_functions(env, lists, name="decoded")


def _fields(carrier: Carrier, env: Environment, declared: CarrierFile) -> list[str]:
    fields = [
        f"id={declared.id!r}", f"name={declared.name!r}", f"version={declared.version!r}",
        f"mapping_sha256={carrier.modules['carrier'].sha256!r}",
    ]  # fmt: skip
    if declared.native:
        fields.append("native=True")
    fields.append(f"operations={_operations(carrier)}")
    if declared.unsupported:
        reasons = ", ".join(f"{name!r}: {reason.value!r}" for name, reason in sorted(declared.unsupported.items()))
        fields.append(f"unsupported={{{reasons},}}")
    if timeout := timeout_text(env, None):
        fields.append(f"timeout={timeout}")
    fields += tls_field(env, declared)
    with carrier.faults.collected():
        if declared.token is not None:
            fields.append(f"token={token_text(carrier, env, declared.token)}")
    if carrier.tree.statement is not None:
        fields.append("statement='statement'")
    callbacks = []
    for callback in declared.callbacks:
        with carrier.faults.collected():
            callbacks.append(f"{callback.name!r}: {callback_text(carrier, env, callback)}")
    if callbacks:
        fields.append(f"callbacks={{{', '.join(callbacks)},}}")
    config, secrets = _settings(carrier)
    fields += [f"config_keys={config!r}"] if config else []
    fields += [f"secret_keys={secrets!r}"] if secrets else []
    fields += [f"extras={tuple(sorted(carrier.extras))!r}"] if carrier.extras else []
    return fields + limits(env, declared)


def _operations(carrier: Carrier) -> str:
    found: dict[str, list[str]] = {}
    for operation in carrier.tree.operations:
        found.setdefault(operation.name, []).append(module_name(operation))
    pairs = ", ".join(f"{name!r}: {tuple(sorted(modules))!r}" for name, modules in sorted(found.items()))
    return f"{{{pairs},}}" if pairs else "{}"


def _settings(carrier: Carrier) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which of the channel's settings and secrets the modules read."""
    config = tls_settings(carrier.tree.carrier, "config")
    secrets = tls_settings(carrier.tree.carrier, "secret")
    for module in carrier.modules.values():
        for text in [*_texts(module), *(constant.text for constant in module.constants)]:
            # Few lines read a setting, and all of them name the context.
            for setting, secret, dug in _SETTING.findall(text) if "ctx" in text else ():
                config |= {name for name in (setting, dug) if name}
                secrets |= {secret} if secret else set()
    return tuple(sorted(config)), tuple(sorted(secrets))


def limits(env: Environment, declared: CarrierFile) -> list[str]:
    """The fields of a `Carrier` that bound how often it is called."""
    found = []
    for word, convert in (("rate_per_s", float), ("concurrent_max", int), ("batch_max", int)):
        option = declared.limits.get(word)
        if isinstance(option, Text):
            found.append(f"{word}={convert(option.value)!r}")
    hours = [text for word in ("window", "maintenance") if (text := _hours(env, declared, word))]
    zone = declared.defaults.get("timezone")
    return [*found, *hours, *([f"zone={zone.value!r}"] if hours and zone is not None else [])]


def _hours(env: Environment, declared: CarrierFile, word: str) -> str:
    """When the carrier takes calls, or takes none; empty where the mapping does not say."""
    option = declared.limits.get(word)
    texts = [each.value for each in (option if isinstance(option, tuple) else (option,)) if isinstance(each, Text)]
    made = []
    for text in texts:
        hours = parse_hours(text)
        days = f", weekdays={hours.weekdays!r}" if hours.weekdays else ""
        made.append(f"{env.use('Hours')}(start_s={hours.start_s}, end_s={hours.end_s}{days})")
    return f"{word}=({', '.join(made)},)" if made else ""

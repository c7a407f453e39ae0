"""`transport.tls`: the settings that hold our certificate and the carrier's authority, as data of the `Carrier`."""

from cli.codegen.plan.environment import Environment
from cli.codegen.plan.frame import Refused
from cli.mapping.tls import faults_of_tls
from cli.mapping.tree import CarrierFile, Text


def tls_words(declared: CarrierFile) -> dict[str, str]:
    """The words as written; empty where the carrier asks for no certificate."""
    found = declared.transport.tls if declared.transport is not None else {}
    return {word: option.value for word, option in found.items() if isinstance(option, Text)}


def tls_field(env: Environment, declared: CarrierFile) -> list[str]:
    """The field of the `Carrier`."""
    for mark, message, hint in faults_of_tls(declared.transport) if declared.transport is not None else ():
        env.carrier.faults.add(Refused("E448", mark, message, hint))
    words = ", ".join(f"{word}={value!r}" for word, value in tls_words(declared).items())
    return [f"tls={env.use('Tls')}({words})"] if words else []


def tls_settings(declared: CarrierFile, kind: str) -> set[str]:
    """The names of the settings of one kind, `config` or `secret`, that are read."""
    return {value.partition(".")[2] for value in tls_words(declared).values() if value.startswith(f"{kind}.")}

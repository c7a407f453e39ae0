"""The command of a kit: `python cedar-kit.pyz plan|run|verify`; the same words as `insurehub kit run`."""

import argparse
import contextlib
import difflib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from contract_tests.kit.portable.config import BadConfig, read_config, read_deviations, secrets_of, tls_of
from contract_tests.kit.portable.crypto import NeedsPackage, is_there
from contract_tests.kit.portable.definition import Kit, Standing, Test
from contract_tests.kit.portable.limits import PORT_MAX, WAIT_S_MAX
from contract_tests.kit.portable.listener import Listener
from contract_tests.kit.portable.opening import interface_of, open_kit, own_file
from contract_tests.kit.portable.page import page, printable
from contract_tests.kit.portable.results import Stopped
from contract_tests.kit.portable.run import Plan, carry_out, is_wanted
from contract_tests.kit.portable.sending import Address
from contract_tests.kit.portable.verdict import document, is_genuine, read_verdict, sign, signing_key
from contract_tests.language.places import FaultyFile

OK, WRONG, USAGE, MISSING, STOPPED = 0, 1, 2, 3, 130
LIVE_PER_SECOND = 5.0
_EXITS = {"PASS": OK, "CONDITIONAL": OK, "FAIL": WRONG, "INCOMPLETE": MISSING}


def arguments(given: Sequence[str] | None, prog: str | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Conformance kit of a carrier's interface.",
        epilog="example: %(prog)s run --target https://uat.carrier.example --live --allow-host uat.carrier.example "
        "--config uat.json --report report.html",
    )  # fmt: skip
    words = parser.add_subparsers(dest="word", required=True, metavar="plan|run|interface|verify")
    plan = words.add_parser(
        "plan", help="say what would be tested, and what a run needs; sends nothing",
        epilog=f"Example: {parser.prog} plan --kit cedar-kit.pyz",
    )  # fmt: skip
    run = words.add_parser(
        "run", help="run the tests",
        epilog=f"Example: {parser.prog} run --kit cedar-kit.pyz --target http://127.0.0.1:8000 --config uat.json",
    )  # fmt: skip
    interface = words.add_parser("interface", help="print the OpenAPI document of the interface, where the kit has it")
    verify = words.add_parser("verify", help="whether a verdict file is genuine")
    verify.add_argument("verdict", type=Path)
    verify.add_argument("--public-key", type=Path, required=True, help="the runner's Ed25519 key in PEM")
    interface.add_argument("--kit", type=Path, help="another kit's file; default: this one")
    for each in (plan, run, verify):
        each.add_argument("--json", action="store_true", help="one JSON document on stdout")
    for each in (plan, run):
        each.add_argument("--kit", type=Path, help="another kit's file; default: this one")
        each.add_argument("--only", action="append", default=[], metavar="GLOB", help="tests by name; may be repeated")
        each.add_argument("--lang", choices=("en", "zh"), default="en", help="language of what people read")
    _of_a_run(run)
    return parser.parse_args(given)


def _of_a_run(run: argparse.ArgumentParser) -> None:
    run.add_argument("--target", required=True, help="base URL of the system under test")
    run.add_argument("--live", action="store_true", help="needed for every target that is not this machine")
    run.add_argument("--allow-host", action="append", default=[], help="hosts that may be called; may be repeated")
    run.add_argument(
        "--config", type=Path, help='JSON: {"secrets": {"key": {"env": "NAME"}}, "settings": {}, "tls": {}}'
    )
    run.add_argument("--callback-listen", metavar="HOST:PORT", help="where callbacks come in; register it first")
    run.add_argument("--deviations", type=Path, help="JSON: [{test, reason, owner, expires}]")
    run.add_argument("--patience", type=_number, default=600.0, help="longest single wait in seconds (default 600)")
    run.add_argument("--rate", type=_number, help=f"requests a second (default {LIVE_PER_SECOND:g} with --live)")
    run.add_argument("--advance", default="", help="admin URL of a mock carrier: its clock is moved instead of waiting")
    run.add_argument("--verdict", type=Path, help="write the verdict file")
    run.add_argument("--sign-key", type=Path, help="sign it with this Ed25519 key in PEM")
    run.add_argument("--report", type=Path, help="write a page for people")


def main(given: Sequence[str] | None = None, prog: str | None = None) -> int:
    """Run the command; the exit code: 0 conformant, 1 not, 2 wrong use, 3 incomplete or something is missing.

    Ctrl-C ends it with 130.
    """
    options = arguments(given, prog)
    try:
        return _WORDS[options.word](options)
    except Stopped as stopped:
        _say(str(stopped))
        return STOPPED
    except KeyboardInterrupt:
        _say("stopped by Ctrl-C")
        return STOPPED
    except (BadConfig, FaultyFile, ValueError) as error:
        _say(str(error))
        return USAGE
    except NeedsPackage as error:
        _say(str(error))
        return MISSING
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on, nor the rest at the end
        return OK
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return USAGE


def _plan(options: argparse.Namespace) -> int:
    kit = open_kit(options.kit or own_file())
    if options.json:
        _print(plan_of(kit))
        return OK
    sys.stdout.write(f"{kit.title.of(options.lang)}: {len(kit.tests)} tests, {len(kit.standing)} standing checks\n")
    listed: list[Standing | Test] = [*kit.standing, *kit.tests]
    for test in listed:
        sys.stdout.write(f"  {test.name} ({', '.join(test.clauses)}): {test.says.of(options.lang)}\n")
    sys.stdout.write(f"needs: secrets {', '.join(kit.secrets) or 'none'}")
    sys.stdout.write(f"; settings {', '.join(kit.settings) or 'none'}; {', '.join(kit.needs) or 'no package'}\n")
    return OK


def plan_of(kit: Kit) -> dict[str, Any]:
    """What a kit tests and needs, as one document."""
    tests = [
        {"name": each.name, "says": each.says.en, "clauses": list(each.clauses), "exchanges": each.exchanges,
         "callbacks": each.callbacks}
        for each in kit.tests
    ]  # fmt: skip
    standing = [{"name": each.name, "says": each.says.en, "clauses": list(each.clauses)} for each in kit.standing]
    return {
        "carrier": kit.carrier, "kit_sha256": kit.sha256, "made_of": dict(kit.made_of), "tests": tests,
        "standing": standing, "secrets": list(kit.secrets), "settings": dict(kit.settings), "needs": list(kit.needs),
        "packages_there": is_there(), "clauses": len(kit.clauses),
    }  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    kit = open_kit(options.kit or own_file())
    plan, deviations = prepared(kit, options)
    key = signing_key(options.sign_key) if options.sign_key else None
    try:
        done = carry_out(kit, plan, lambda at, of, name: _progress(at, of, name, quiet=options.json))
    finally:
        if plan.listener is not None:
            plan.listener.close()
    told = document(kit, plan, done, deviations)
    if key is not None:
        told = sign(told, key)
    for file, text in ((options.verdict, _json(told)), (options.report, page(told, kit.title, options.lang))):
        if file:
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
    if options.json:
        _print(told)
    else:
        _summary(told)
    return _EXITS[told["verdict"]]


def prepared(kit: Kit, options: argparse.Namespace) -> tuple[Plan, dict[str, dict[str, str]]]:
    """A plan from what a person said. Raises BadConfig and ValueError for what may not be run."""
    address = Address.of(options.target)
    allowed = frozenset(options.allow_host)
    if not address.is_loopback and not (options.live and address.host in allowed):
        raise BadConfig(
            f"{address.host} is a live system: look at `plan` first, then add --live --allow-host {address.host}"
        )
    for file in (options.verdict, options.report):
        _must_take(file)
    if options.sign_key and not options.verdict:
        raise BadConfig("--sign-key signs the verdict file: say with --verdict where it is to be")
    told = read_config(options.config)
    file = str(options.config or "without --config")
    deviations = read_deviations(options.deviations)
    known = {each.name for each in kit.tests} | {each.name for each in kit.standing}
    if unknown := sorted(set(deviations) - known):
        raise BadConfig(f"{options.deviations}: the kit has no test {', '.join(unknown)}")
    for pattern in options.only:
        if not any(is_wanted(name, [pattern]) for name in known):
            raise BadConfig(f"--only {pattern}: the kit has no such test{_near(pattern, known)}; `plan` lists them")
    rate = options.rate or (0.0 if address.is_loopback else min(LIVE_PER_SECOND, kit.per_second or LIVE_PER_SECOND))
    plan = Plan(
        options.target.rstrip("/"), secrets_of(told, kit.secrets, file), told.get("settings", {}), allowed, rate,
        options.patience, options.advance.rstrip("/"), options.only, tls_of(told, file),
    )  # fmt: skip
    if options.callback_listen:
        plan.listener = _listener(options.callback_listen)
    return plan, deviations


def _near(name: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(name, known, n=1)
    return f", did you mean '{found[0]}'" if found else ""


def _must_take(file: Path | None) -> None:
    """Before what takes long: a file that could not be written at its end."""
    if file is None:
        return
    was_there = file.exists()
    file.open("ab").close()
    if not was_there:
        file.unlink()


def _listener(where: str) -> Listener:
    host, _, port = where.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= PORT_MAX):
        raise BadConfig(f"--callback-listen {where}: expected HOST:PORT, such as 0.0.0.0:8900")
    try:
        return Listener(host or "127.0.0.1", int(port))
    except OSError as error:
        raise BadConfig(f"--callback-listen {where}: {error.strerror or error}") from None


def _number(text: str) -> float:
    """A number of a person's: a wait, or how many in a second."""
    with contextlib.suppress(ValueError):
        if 0 <= (found := float(text)) <= WAIT_S_MAX:
            return found
    raise argparse.ArgumentTypeError(f"'{text}' is no number from 0 to {WAIT_S_MAX:.0f}")


def _interface(options: argparse.Namespace) -> int:
    found = interface_of(options.kit or own_file())
    if found is None:
        raise BadConfig("this kit carries no OpenAPI document: its carrier has an interface of its own")
    sys.stdout.write(found.decode() + "\n")
    sys.stdout.flush()
    return OK


def _verify(options: argparse.Namespace) -> int:
    genuine = is_genuine(read_verdict(options.verdict), options.public_key)
    if options.json:
        _print({"genuine": genuine})
        return OK if genuine else WRONG
    sys.stdout.write("genuine\n" if genuine else "not signed by this key, or changed since\n")
    return OK if genuine else WRONG


def _summary(told: dict[str, Any]) -> None:
    for test in told["tests"]:
        if test["result"] != "PASS":
            sys.stdout.write(f"{test['result']:16} {test['name']} ({', '.join(test['clauses'])})\n")
            sys.stdout.write(f"{'':16} {printable(test.get('reason', ''))}\n")
    counts = ", ".join(f"{count} {name}" for name, count in told["counts"].items())
    known = told["coverage"]
    left_out = f", {told['left_out']} left out by --only" if told["left_out"] else ""
    sys.stdout.write(f"{told['verdict']}: {counts}{left_out}; {told['exchanges']} exchanges; ")
    sys.stdout.write(f"of {known['testable']} clauses {known['tested']} have a test, {known['passed']} passed\n")


def _progress(at: int, of: int, name: str, *, quiet: bool) -> None:
    if quiet or not sys.stderr.isatty():
        return
    filled = 30 * at // max(of, 1)
    sys.stderr.write(f"\r\x1b[K[{'#' * filled}{'.' * (30 - filled)}] {at}/{of} {name}" if at < of else "\r\x1b[K")
    sys.stderr.flush()


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _print(told: Any) -> None:
    sys.stdout.write(_json(told))
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


_WORDS = {"plan": _plan, "run": _run, "interface": _interface, "verify": _verify}

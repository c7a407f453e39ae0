"""A kit's nodes compiled into a definition, every fault with its place; for kit.yaml and for the kit itself."""

from collections.abc import Iterable
from typing import Any

from contract_tests.kit.portable.claims import claim_of
from contract_tests.kit.portable.definition import Callbacks, Clause, Kit, Names, Request, Said, Standing, Test, Wire
from contract_tests.kit.portable.functions import CONTEXTUAL, FUNCTIONS
from contract_tests.kit.portable.json_nodes import plain
from contract_tests.kit.portable.kinds import items, members, number, plain_map, text, text_map, texts
from contract_tests.kit.portable.limits import STEPS_MAX, TESTS_MAX
from contract_tests.kit.portable.steps import StepCompiler
from contract_tests.kit.portable.world import zone_of
from contract_tests.language.expression import Compiler, Evaluate, always
from contract_tests.language.places import Node, Place, Report
from contract_tests.language.template import compile_template

FORMAT = 1
_SECTIONS = frozenset({
    "kit", "carrier", "title", "timezone", "needs", "secrets", "settings", "tls", "per_second", "wire", "wires",
    "callbacks", "standing", "requests", "procedures", "before", "tests", "clauses", "samples", "constants", "made_of",
    "native",
})  # fmt: skip
_WIRE = frozenset({"open", "given", "write", "read", "method", "path", "headers", "body", "target", "reply_sample"})
_ALWAYS_NAMES = (
    "secret", "settings", "tree", "sent", "status", "headers", "body", "method", "path", "unreadable", "null", "index",
    "sample",
)  # fmt: skip


def compile_kit(root: Node, report: Report, *, sha256: str = "") -> Kit:
    """The whole kit. Faults go to the report; who calls closes it."""
    return _Loading(root, report).kit(sha256)


class _Loading:
    """Walks over the sections of one kit."""

    def __init__(self, root: Node, report: Report) -> None:
        self.root, self.report = root, report
        self.compiler = Compiler(FUNCTIONS, CONTEXTUAL, report)
        self.compiler.bind(*_ALWAYS_NAMES)

    def kit(self, sha256: str) -> Kit:
        self._known(self.root, _SECTIONS)
        if self._plain("kit", None) != FORMAT:
            self.report.fault("E680", self.root.place, f"not a kit of format {FORMAT}", f"write kit: {FORMAT}")
        self.report.close()
        constants, samples = self._map("constants"), self._map("samples")
        self.compiler.bind(*constants)
        wires = {name: self._wire(node) for name, node in self._wires()}
        callbacks = self._callbacks(self.root.get("callbacks"))
        requests = {name: self._request(name, node, wires) for name, node in self._items("requests")}
        steps = StepCompiler(self.compiler, self.report, requests, samples)
        for name, node in self._items("procedures"):
            # Known only when it is whole: a procedure runs earlier ones, never itself.
            before_it = steps.sends
            steps.procedures[name] = list(steps.steps(node))
            steps.sends_of[name] = steps.sends - before_it
        before = steps.steps(self.root.get("before"))
        tests = tuple(self._test(name, node, steps) for name, node in self._items("tests"))
        if len(tests) > TESTS_MAX or steps.sends > STEPS_MAX:
            self.report.fault("E683", self.root.place, f"a kit has at most {TESTS_MAX} tests and {STEPS_MAX} steps")
        standing = tuple(self._standing(name, node) for name, node in self._items("standing"))
        clauses = tuple(self._clause(each) for each in items(self.root.get("clauses"), self.report))
        self._cited(tests, standing, clauses)
        self.compiler.check_names()
        return Kit(
            str(self._plain("carrier", "")), self._said(self.root.get("title")), self._zone(),
            self._texts("needs"), self._texts("secrets"), text_map(self.root.get("settings"), self.report),
            self._plain("tls", "") == "mutual", number(self.root.get("per_second"), self.report, 0.0), wires,
            callbacks, standing, requests, before, tests, clauses, samples, constants,
            text_map(self.root.get("made_of"), self.report), sha256,
        )  # fmt: skip

    def _plain(self, name: str, default: Any) -> Any:
        node = self.root.get(name)
        return default if node is None else plain(node)

    def _map(self, name: str) -> dict[str, Any]:
        return plain_map(self.root.get(name), self.report)

    def _texts(self, name: str) -> tuple[str, ...]:
        return texts(self.root.get(name), self.report)

    def _clause(self, node: Node) -> Clause:
        row = texts(node, self.report)
        if len(row) not in (2, 4):
            self.report.fault(
                "E655", node.place, "a clause is its number, its title, and why no test speaks of it, in en and zh"
            )
        number_of, title, en, zh = (*row, "", "", "", "")[:4]
        return Clause(number_of, title, Said(en, zh) if en or zh else None)

    def _items(self, name: str) -> Iterable[tuple[str, Node]]:
        node = self.root.get(name)
        if node is None:
            return ()
        if not isinstance(node.value, dict):
            self.report.fault("E681", node.place, f"'{name}' is a map")
            return ()
        return node.value.items()

    def _known(self, node: Node, known: frozenset[str]) -> None:
        if not isinstance(node.value, dict):
            self.report.fault("E681", node.place, "expected a map")
            self.report.close()
        for name in node.value:
            if name not in known:
                self.report.unknown(node.keys.get(name, node.place), "key", name, known)

    def _zone(self) -> Any:
        node = self.root.get("timezone")
        try:
            return zone_of(str(node.value) if node else "+00:00")
        except ValueError as error:
            self.report.fault("E655", node.place if node else self.root.place, str(error))
            return zone_of("+00:00")

    def _said(self, node: Node | None) -> Said:
        if node is None:
            return Said("", "")
        if isinstance(node.value, dict):
            said = text_map(node, self.report)
            return Said(said.get("en", ""), said.get("zh", ""))
        return Said(*[text(node, self.report)] * 2)

    def _wires(self) -> Iterable[tuple[str, Node]]:
        main = self.root.get("wire")
        if main is None:
            self.report.fault("E652", self.root.place, "missing 'wire': how requests are written and replies are read")
            self.report.close()
        return [("main", main), *self._items("wires")] if main else ()

    def _wire(self, node: Node) -> Wire:
        self._known(node, _WIRE)
        write, read = self._names(node.get("write")), self._names(node.get("read"))
        method, path = self._template(node.get("method"), "method"), self._template(node.get("path"), "path")
        headers, body = self._template(node.get("headers"), None), self._template(node.get("body"), None)
        return Wire(write, read, method, path, headers, body, self._template(node.get("target"), None))

    def _template(self, node: Node | None, default: str | None) -> Evaluate:
        """A template; where nothing is written, the name of the same word."""
        if node is not None:
            return compile_template(self.compiler, node)
        return always(None) if default is None else (lambda scope: scope.get(default))

    def _names(self, node: Node | None) -> Names:
        written = members(node, self.report).items()
        found = tuple((name, compile_template(self.compiler, each)) for name, each in written)
        self.compiler.bind(*(name for name, _ in found))
        return found

    def _callbacks(self, node: Node | None) -> Callbacks | None:
        if node is None:
            return None
        self._known(node, frozenset({"read", "status", "headers", "body"}))
        read = self._names(node.get("read"))
        status, headers = node.get("status"), self._template(node.get("headers"), None)
        said = compile_template(self.compiler, status) if status else always(200)
        return Callbacks(read, said, headers, self._template(node.get("body"), None))

    def _request(self, name: str, node: Node, wires: dict[str, Wire]) -> Request:
        self._known(node, frozenset({"from", "wire", "sample", "tree", "set", "drop", "let", "names"}))
        wire = str(node.value["wire"].value) if "wire" in node.value else "main"
        if wire not in wires:
            self.report.unknown(node.value["wire"].place, "wire", wire, wires)
        if "sample" in node.value:
            tree: Evaluate = always(plain(node.value["sample"]))
        elif "tree" in node.value:
            tree = compile_template(self.compiler, node.value["tree"])
        else:
            self.report.fault("E652", node.place, "a request is written out (tree) or is one of the examples (from)")
            tree = always({})
        printed = tuple((key, always(plain(each))) for key, each in members(node.get("names"), self.report).items())
        self.compiler.bind(*(key for key, _ in printed))
        sets = tuple(
            (path, compile_template(self.compiler, each))
            for path, each in members(node.get("set"), self.report).items()
        )
        drops = texts(node.get("drop"), self.report)
        names = (*printed, *self._names(node.get("let")))
        return Request(name, wire, tree, sets, drops, names, len(printed))

    def _test(self, name: str, node: Node, steps: StepCompiler) -> Test:
        self._known(node, frozenset({"clauses", "says", "steps", "optional"}))
        sends, heard = steps.sends, steps.callbacks
        done = steps.steps(node.get("steps"))
        if not done:
            self.report.fault("E684", node.place, f"test '{name}' does nothing")
        clauses = texts(node.get("clauses"), self.report)
        if not clauses:
            self.report.fault("E685", node.place, f"test '{name}' names no clause", 'clauses: ["4.5.2"]')
        said = self._said(node.get("says"))
        optional = "optional" in node.value and node.value["optional"].value is True
        return Test(name, clauses, said, done, node.place, steps.sends - sends, steps.callbacks > heard, optional)

    def _standing(self, name: str, node: Node) -> Standing:
        self._known(node, frozenset({"clauses", "says", "when", "holds", "of"}))
        clauses = texts(node.get("clauses"), self.report)
        when = node.get("when")
        test = self.compiler.expression(str(when.value).removeprefix("="), when.place) if when else None
        holds = node.get("holds")
        if holds is None:
            self.report.fault("E652", node.place, "missing 'holds'")
            holds = Node("None", node.place)
        of_callbacks = node.get("of") is not None and str(node.value["of"].value) == "callbacks"
        return Standing(name, clauses, self._said(node.get("says")), test, claim_of(self.compiler, holds), of_callbacks)

    def _cited(self, tests: Any, standing: Any, clauses: tuple[Clause, ...]) -> None:
        """A test that cites a clause the document does not have is a mistake of the kit."""
        known = {each.number for each in clauses}
        for each in (*tests, *standing):
            for cited in each.clauses if known else ():
                if cited not in known:
                    place: Place = each.place if hasattr(each, "place") else each.holds.place
                    self.report.unknown(place, "clause", cited, known)

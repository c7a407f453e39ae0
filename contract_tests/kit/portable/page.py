"""The report of a run as one page for people, in English or Chinese; nothing is loaded from anywhere."""

import html
from typing import Any

from contract_tests.kit.portable.definition import Said
from contract_tests.kit.portable.saying import said

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Conformance report", "接口符合性报告"),
    "verdict": ("Verdict", "结论"),
    "against": ("Run against", "被测系统"),
    "when": ("Run at", "测试时间"),
    "exchanges": ("exchanges", "次交互"),
    "signed": ("signed", "已签名"),
    "unsigned": ("not signed", "未签名"),
    "tests": ("Tests", "测试"),
    "test": ("Test", "测试"),
    "result": ("Result", "结果"),
    "clauses": ("Clauses", "条款"),
    "reason": ("Why", "原因"),
    "coverage": ("Coverage of the document", "条款覆盖"),
    "covered": ("clauses with a test", "条款有测试"),
    "clause": ("Clause", "条款"),
    "text": ("What it says", "内容"),
    "left_out": ("tests were left out by --only", "项测试因 --only 未运行"),
    "passed": ("of them passed", "条已通过"),
    "evidence": ("Evidence", "证据"),
    "deviation": ("Declared deviation, until", "已声明的偏差，有效至"),
    "PASS": ("Pass", "通过"),
    "FAIL": ("Fail", "不通过"),
    "CONDITIONAL": ("Conditional: deviations are declared", "有条件通过：存在已声明的偏差"),
    "INCOMPLETE": ("Incomplete: not everything could be tested", "不完整：有测试未能进行"),
    "SKIP": ("Skipped", "跳过"),
    "ERROR": ("Error", "错误"),
    "COULD_NOT_CHECK": ("Could not check", "无法检查"),
    "UNTESTED": ("Untested", "未测试"),
    "UNTESTABLE": ("No test can speak of it", "无法用测试说明"),
}
_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:70rem}
body{padding:0 1rem;color:#1d2430}
table{border-collapse:collapse;width:100%;margin:1rem 0}
td,th{padding:.35rem .6rem;border-bottom:1px solid #dde2ea;text-align:left;vertical-align:top}
.r{font-weight:600;white-space:nowrap}.PASS{color:#12703f}.FAIL,.ERROR{color:#b3261e}
.CONDITIONAL,.SKIP,.INCOMPLETE,.COULD_NOT_CHECK{color:#8a5a00}
.UNTESTED,.UNTESTABLE{color:#68707f}pre{background:#f5f7fa;padding:.6rem;overflow:auto;white-space:pre-wrap;word-break:break-all;font-size:13px}
.verdict{font-size:1.5rem}summary{cursor:pointer}small{color:#68707f}
"""


def printable(text: str) -> str:
    """A text without characters that do something: what another system said is shown on terminals and pages."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)


def escape(text: str) -> str:
    """A text as a page may hold it."""
    return html.escape(printable(text))


def page(told: dict[str, Any], title: Said, language: str) -> str:
    """The page of a verdict document."""
    words = {name: both[language == "zh"] for name, both in _WORDS.items()}
    parts = [_head(told, title.of(language), words), _tests(told, words, language), _coverage(told, words, language)]
    name = "zh" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{name}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(words['title'])}: {escape(title.of(language))}</title><style>{_STYLE}</style>"
        f"{''.join(parts)}</html>\n"
    )


def _result(result: str, words: dict[str, str]) -> str:
    return f'<span class="r {escape(result)}">{escape(words.get(result, result))}</span>'


def _head(told: dict[str, Any], title: str, words: dict[str, str]) -> str:
    target, known = told["target"], told["coverage"]
    signed = words["signed"] if "signature" in told else words["unsigned"]
    counts = ", ".join(f"{count} {words.get(name, name)}" for name, count in told["counts"].items())
    return (
        f"<h1>{escape(words['title'])}</h1><p>{escape(title)}</p>"
        f'<p class="verdict">{escape(words["verdict"])}: {_result(told["verdict"], words)} '
        f"<small>({escape(signed)})</small></p>"
        f"<p>{escape(words['against'])}: {escape(str(target['host']))}<br>{escape(words['when'])}: "
        f"{escape(told['started_at'])} - {escape(told['ended_at'])}, "
        f"{told['exchanges']} {escape(words['exchanges'])}<br>"
        f"{escape(counts)}{_left_out(told, words)}<br>{known['tested']} / {known['testable']} "
        f"{escape(words['covered'])}, {known['passed']} {escape(words['passed'])}<br>"
        f"<small>kit {escape(told['kit']['sha256'])}</small></p>"
    )


def _left_out(told: dict[str, Any], words: dict[str, str]) -> str:
    return f"; {told['left_out']} {escape(words['left_out'])}" if told["left_out"] else ""


def _tests(told: dict[str, Any], words: dict[str, str], language: str) -> str:
    rows = "".join(_test(each, words, language) for each in told["tests"])
    head = "".join(f"<th>{escape(words[name])}</th>" for name in ("result", "test", "clauses"))
    return f"<h2>{escape(words['tests'])}</h2><table><tr>{head}</tr>{rows}</table>"


def _test(test: dict[str, Any], words: dict[str, str], language: str) -> str:
    says = test["says"][language] or test["says"]["en"]
    below = f"<br>{escape(words['reason'])}: {escape(said(test['reason'], language))}" if "reason" in test else ""
    if "deviation" in test:
        declared = test["deviation"]
        below += f"<br>{escape(words['deviation'])} {escape(declared['expires'])}: {escape(declared['reason'])}"
    if "evidence" in test:
        shown = "".join(f"<pre>{escape(_exchange(each))}</pre>" for each in test["evidence"])
        below += f"<details><summary>{escape(words['evidence'])}</summary>{shown}</details>"
    return (
        f"<tr><td>{_result(test['result'], words)}</td><td>{escape(says)} <small>{escape(test['name'])}</small>{below}"
        f"</td><td>{escape(', '.join(test['clauses']))}</td></tr>"
    )


def _exchange(noted: dict[str, Any]) -> str:
    lines = [noted.get("line") or f"callback {noted.get('callback', '')}"]
    lines += [f"{name}: {value}" for name, value in noted["headers"].items()]
    lines += ["", noted["body"]]
    if "reply" in noted:
        reply = noted["reply"]
        lines += ["", f"HTTP {reply['status']}", *(f"{n}: {v}" for n, v in reply["headers"].items()), "", reply["body"]]
    lines += ["", *noted["opened"]] if "opened" in noted else []
    return "\n".join(lines)


def _coverage(told: dict[str, Any], words: dict[str, str], language: str) -> str:
    head = "".join(f"<th>{escape(words[name])}</th>" for name in ("clause", "text", "result", "tests"))
    rows = "".join(
        f"<tr><td>{escape(row['clause'])}</td><td>{escape(row['title'])}</td><td>{_result(row['result'], words)}</td>"
        f"<td>{escape(', '.join(row['tests']) or _aside(row, language))}</td></tr>"
        for row in told["coverage"]["rows"]
    )
    return f"<h2>{escape(words['coverage'])}</h2><table><tr>{head}</tr>{rows}</table>"


def _aside(row: dict[str, Any], language: str) -> str:
    aside = row["aside"] or {"en": "", "zh": ""}
    return str(aside[language] or aside["en"])

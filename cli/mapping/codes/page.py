"""The page of codes for people: one entry for `check --explain`, and `mappings/CODES.md` with all of them."""

from collections.abc import Mapping

from cli.mapping.codes.entry import Code

ALL = "all"
LINE_SHOWN_MAX = 160

_PARTS = {
    "1": "Reading the files",
    "2": "Rows and tables",
    "3": "Expressions",
    "4": "Outcomes, declarations, bytes",
    "5": "Products and channels",
    "6": "Mock carriers",
}
_HEAD = """\
# Every code of `insurehub check`

Written by `insurehub check --explain all`. Each code is stable: it keeps its meaning, and a number is never used again.
E stops generation, W warns (`--strict` makes it an error). The lines are from a mapping that is right but for them; the
tests break it with the wrong ones and see this code, and no code is printed that is not here.
"""


def entry_text(code: Code) -> str:
    """One code as plain text: what it says, why, and the same lines wrong and right."""
    lines = [f"{code.code}: {code.title}", "", code.explanation, ""]
    lines += [f"wrong, in {code.file}:", _indented(code.wrong), ""]
    lines += ["right:", _indented(code.right)] if code.right else ["right: no such file"]
    return "\n".join(lines)


def page_text(codes: Mapping[str, Code]) -> str:
    """The whole page as Markdown."""
    lines = [_HEAD]
    for digit, title in _PARTS.items():
        chosen = sorted((code for code in codes.values() if code.code[1] == digit), key=lambda code: code.code[1:])
        if chosen:
            lines += [f"## {title}", "", *(_section(code) for code in chosen)]
    return "\n".join(lines).rstrip()


def _section(code: Code) -> str:
    right = _fenced(code.right) if code.right else "_no such file_\n"
    return (
        f"### {code.code} {code.title}\n\n{code.explanation} In `{code.file}`:\n\n"
        f"wrong\n\n{_fenced(code.wrong)}\nright\n\n{right}"
    )


def _fenced(text: str) -> str:
    return f"```yaml\n{_shown(text)}\n```\n"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in _shown(text).split("\n"))


def _shown(text: str) -> str:
    """Lines as an author would see them: their margin taken off, what was cut out of a map completed with dots."""
    first, *rest = text.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    if first != first.lstrip():
        margin = min(margin, len(first) - len(first.lstrip())) if rest else len(first) - len(first.lstrip())
        first = first[margin:]
    # The first line of a piece lost its margin where the piece begins: what stands under it is one step further in.
    inside = "  " if first.rstrip().endswith(":") else ""
    lines = [first, *(inside + line[margin:] for line in rest)]
    return "\n".join(_cut(_visible(_whole(line))) for line in lines)


def _whole(line: str) -> str:
    missing = line.count("{") - line.count("}")
    if missing < 0:
        return "{ .. " * -missing + line
    return line + (" .." + " }" * missing if missing else "")


def _cut(line: str) -> str:
    return line if len(line) <= LINE_SHOWN_MAX else f"{line[:LINE_SHOWN_MAX]} .."


def _visible(line: str) -> str:
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in line)

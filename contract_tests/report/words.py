"""A failed case in words: one line, and a block a person can act on."""

from contract_tests.report.facts import Case, Finding


def headline(case: Case) -> str:
    """One line."""
    if case.findings:
        first = case.findings[0]
        return f"{first.at}: expected {first.expected}, actual {first.actual}"
    return case.reason or (case.crash.strip().splitlines() or ["failed"])[-1]


def failure_words(case: Case) -> str:
    """Everything that differed, and the command to run it again."""
    blocks = [_block(case, finding) for finding in case.findings]
    if case.crash:
        blocks.append(case.crash.rstrip())
    if case.reason:
        blocks.append(f"  because  {case.reason}")
    return "\n".join([*blocks, f"  rerun    {case.rerun}"])


def mapping_place(finding: Finding) -> str:
    """The mapping line as a person types it, empty where none is known."""
    return f"{finding.mapping_file}:{finding.mapping_line}" if finding.mapping_file else ""


def _block(case: Case, finding: Finding) -> str:
    lines = [
        f"{finding.file}:{finding.line} example {case.example} / {case.check}",
        f"  at       {finding.at}",
        f"  expected {finding.expected}",
        f"  actual   {finding.actual}",
    ]
    if finding.mapping_file:
        lines.append(f"  mapping  {mapping_place(finding)}   {finding.mapping_text}".rstrip())
    return "\n".join(lines)

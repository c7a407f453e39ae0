"""S14 and V3: what must never be shown, and that one sick carrier is no reason to wait for the others."""

import re
import statistics
from collections.abc import Iterable, Sequence

from contract_tests.checker.history import Violation

SECRET_CHARACTERS_MIN = 8
_WORDS = re.compile(r"[\w.@+\-]+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
SLOWER_MAX, SLOWER_BY_S = 2.0, 0.3


def nothing_personal(
    texts: Iterable[tuple[str, str]], personal: Iterable[str], secrets: Iterable[str]
) -> list[Violation]:
    """S14: no planted personal value, no secret in any text; texts come with the name of where they were shown."""
    planted = {value for value in personal if value}
    hidden = [value for value in secrets if len(value) >= SECRET_CHARACTERS_MIN]
    longest = max(map(len, planted), default=0)
    found = []
    for where, text in texts:
        plain = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
        leaked = {part for word in set(_WORDS.findall(plain)) for part in _parts(word, longest) if part in planted}
        found += [Violation(invariant="S14", subject=where, text=f"shows a planted value: {value}") for value in leaked]
        found += [Violation(invariant="S14", subject=where, text="shows a secret") for each in hidden if each in plain]
    return found


def _parts(word: str, longest: int) -> Iterable[str]:
    """A word, and what of it could be a value glued to something else."""
    yield word
    if len(word) <= 2 * longest:
        for size in (2, 3, 11, 18):
            for start in range(len(word) - size + 1):
                yield word[start : start + size]


def sick_carrier_slows_no_other(healthy_s: Sequence[float], sick_s: Sequence[float]) -> list[Violation]:
    """V3: the median wait at other carriers while one hangs, beside that while none does."""
    if not healthy_s or not sick_s:
        return []
    before, during = statistics.median(healthy_s), statistics.median(sick_s)
    if during <= before * SLOWER_MAX + SLOWER_BY_S:
        return []
    text = f"{before:.3f} s in the middle before, {during:.3f} s while one carrier hung"
    return [Violation(invariant="V3", subject="other carriers", text=text)]

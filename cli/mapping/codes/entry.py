"""The form of one entry of the page of codes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One diagnostic: what it says in a few words, why it is one, and the same lines wrong and right.

    `wrong` and `right` are pieces of `file` in a carrier's folder, long enough to be read alone. An empty `right` means
    that the file itself should not be there. `release` codes are said by `check --release` alone, `generation` ones by
    the generator once all else is right, one with `lacking` where this extra of the distribution is not installed.
    """

    code: str
    title: str
    explanation: str
    wrong: str
    right: str
    file: str = "policy_issue.yaml"
    release: bool = False
    lacking: str = ""
    generation: bool = False


def table(*codes: Code) -> dict[str, Code]:
    """Entries by their codes."""
    return {each.code: each for each in codes}

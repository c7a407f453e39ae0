"""A decision in one sentence, for people."""

from collections.abc import Sequence

from gateway.routing.types import Candidate


def sentence(candidates: Sequence[Candidate], chosen: str | None, picked_by: str) -> str:
    """Who was chosen how and by which numbers, among how many, and why the others were not asked."""
    out = ", ".join([f"{each.channel} ({each.why})" for each in candidates if each.ruled_out])
    aside = f"; not asked: {out}" if out else ""
    if chosen is None:
        return f"no channel can take this{aside}"
    winner = next(each for each in candidates if each.channel == chosen)
    among = sum(1 for each in candidates if not each.ruled_out)
    terms = " x ".join([f"{term.name} {term.value:.3g}" for term in winner.terms])
    rest = f", among {among} that could" if among > 1 else ", the only one that could"
    return f"{chosen} by {picked_by}: {terms} = {winner.score:.3g}, share {winner.share:.0%}{rest}{aside}"

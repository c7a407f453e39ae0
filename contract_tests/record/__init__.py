"""A carrier's sandbox recorded: exchanges through a proxy, scrubbed, written as examples beside the mapping."""

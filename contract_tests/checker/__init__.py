"""The checker: what clients saw, what carriers did and what the journal holds, held against the promises."""

"""`insurehub diff`: what changed between two versions of a carrier's mapping, and whom it breaks."""

"""The measurements: each figure beside something real in the same run."""

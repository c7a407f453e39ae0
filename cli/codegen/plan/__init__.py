"""From a mapping tree and the canonical types to the intermediate form of `code.py`."""

"""磐石车险（虚构） 1.4.0.

Generated from mappings/carriers/granite/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 5b4b38c17fde21a9682dd14d9018c68f3f14189aae23d71811f22dd87456e06f

"""磐石车险（虚构） 1.4.0.

Generated from mappings/carriers/granite/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 5057e8b1405365350b54b23293c8766a7a2e6f63c9f875c13cebb615752237ba

"""磐石车险（虚构） 1.4.0.

Generated from mappings/carriers/granite/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 5e716c7be45872dea3f11a6b62cf80f9ad8cd6e1ebe0e30a4012c1d2d5a2e34e

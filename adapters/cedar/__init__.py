"""Cedar Insurance (fictional) 1.

Generated from mappings/carriers/cedar/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: fdcc8099735dde800fec87131aa188c2f17d2a51e123ddbd3aa767930df23d53

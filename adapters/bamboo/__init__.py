"""青竹人寿（虚构） 3.1.

Generated from mappings/carriers/bamboo/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 420dc2ae21f1087315ab76972ee5802281c1b482655186c8af108f24d618652c

"""青竹人寿（虚构） 3.1.

Generated from mappings/carriers/bamboo/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 94722383ce1516faa8ff1f4df4a93a1b83307cc90418985dd57ba49d8610dd83

"""青竹人寿（虚构） 3.1.

Generated from mappings/carriers/bamboo/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 6812aca168a0f2c24a2dc9b4abd38393dd27fb963e7dd23e47f6696ded69436b

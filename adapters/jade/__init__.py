"""翡翠健康（虚构） 1.3.0.

Generated from mappings/carriers/jade/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 78b6ed72c2559d005a400b28b1cc36dd96067e25a52781af9dccc4e062b49da5

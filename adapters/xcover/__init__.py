"""XCover partner API 1.

Generated from mappings/carriers/xcover/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: fdbeefa129ed17a266bcbe679b1e19471314dfda358fd1d2eceb28de03c42df4

"""XCover partner API 1.

Generated from mappings/carriers/xcover/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 11d938933600b7b6e483cfd29a2ef39d67e7c04bd593802501a109117c65b6be

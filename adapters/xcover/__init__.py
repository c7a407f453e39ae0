"""XCover partner API 1.

Generated from mappings/carriers/xcover/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 4ad7e23d5e1204252395a284b9aebfbfea31eed5706381edcf369ddbb0619c74

"""Benchmark carrier in SOAP (fictional) 1.0.0.

Generated from mappings/carriers/benchmark_soap/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 6039125141cfad981b86811983beeebd1bf435b25b603c5288643291efe6437a

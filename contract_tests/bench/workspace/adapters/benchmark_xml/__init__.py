"""Benchmark carrier in GBK XML (fictional) 1.0.0.

Generated from mappings/carriers/benchmark_xml/carrier.yaml: edit the mapping, not this folder (hooks.py aside).
"""

# mapping-sha256: 9494b2ebbe37f922fbe238797e50f08f9f5a789dd64a4087249d3a558a3469f2

"""SM2 (GB/T 32918, 商密椭圆曲线公钥算法): keys as carriers hand them out, and the arithmetic of its curve.

Needs the extra `gm`; nothing here imports its package before an SM2 key is first used.
"""

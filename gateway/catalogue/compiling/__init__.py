"""The parts of the expression compiler; `gateway.catalogue.expression` is its door.

Reading order: `scope` (which names there are), `value` (a piece of emitted source, safe along absent fields), `kinds`
(what may meet what), `work` (the state of one compilation), then `names`, `compare`, `lists`, `calls`, `compiler`.
"""

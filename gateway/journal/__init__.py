"""The durable record of every operation: asked, decided, sent, answered and proven, in the order of writing."""

"""The main job, shown end to end: mock carriers, a gateway, a trade system, and a verdict from what they wrote down."""

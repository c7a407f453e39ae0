"""`python -m cli` is `insurehub`."""

from cli.main import run

run()

"""One file per command of `insurehub`."""

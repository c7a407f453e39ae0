"""Seeded simulation: the real services under virtual time, with carriers that misbehave and processes that vanish."""

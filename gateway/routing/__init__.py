"""Which channel, and why: a pure decision from eligible to healthy to scored to picked, each step with its reasons."""

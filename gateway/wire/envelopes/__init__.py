"""Envelopes that bear their own security: SOAP with WS-Security, and JOSE."""

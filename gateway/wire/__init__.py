"""What a generated adapter stands on: codecs, wire layers, signers, pure helpers that build and read messages."""

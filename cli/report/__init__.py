"""`insurehub report`: what a mapping leaves out, loses, or does in Python."""

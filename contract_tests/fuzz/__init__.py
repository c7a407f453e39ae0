"""Hostile input on purpose: mapping files and replies, changed by hypothesis, within bounds of time and memory."""

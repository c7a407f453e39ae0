"""`insurehub schema`: JSON Schemas of the mapping files, so that an editor completes names and underlines slips."""

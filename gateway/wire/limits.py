"""Every limit of the wire, named once. A message beyond one is refused, never cut."""

BODY_BYTES_MAX = 8 * 1024 * 1024
"""The longest body that is decoded."""

INFLATED_BYTES_MAX = 16 * 1024 * 1024
"""The longest text a compressed body may unfold to."""

DEPTH_MAX = 64
"""How deeply a message may nest: JSON containers, XML elements."""

NODES_MAX = 200_000
"""How many values one decoded message may hold."""

FORM_FIELDS_MAX = 2_000
"""How many fields a form, a query or a multipart body may hold."""

RECORD_FIELDS_MAX = 20_000
"""How many fields one record of positions may hold, those of repeated groups included."""

STATEMENT_BYTES_MAX = 64 * 1024 * 1024
"""The longest statement file that is read."""

STATEMENT_LINES_MAX = 1_000_000
"""How many lines a statement file may have."""

FAULTS_MAX = 1_000
"""How many faults of one statement file are told."""

LINE_LENGTH_MAX = 2_048
"""How long a line may be that is read by a pattern."""

PART_HEAD_BYTES_MAX = 4_096
"""How long the headers of one part of a multipart body may be."""

SEALED_FIELDS_CHARACTERS_MAX = 256 * 1024
"""How long all encrypted fields of a message may be together: each 128 bytes cost a private key's time."""

LIST_ITEMS_MAX = 10_000
"""How many items one list of a reply may hold."""

NUMBER_DIGITS_MAX = 40
"""How many digits a number on the wire may have, whichever way it is written."""

MATCH_TEXT_MAX = 512
"""How much of a text a mapping's regular expression is shown."""

PATTERN_WAYS_MAX = 2**26
"""In how many ways a mapping's regular expression may be tried, from all places of a text: half a second at worst."""

PATTERN_LENGTH_MAX = 200
"""How long a mapping's regular expression may be."""

CODE_LENGTH_MAX = 64
"""How long a code may be to be quoted in an error at all."""

SHOWN_MAX = 24
"""How many characters of a wrong amount, date or code an error quotes."""

PROBLEMS_MAX = 20
"""How many problems one reply reports; the rest is a number."""

UNMAPPED_MAX = 50
"""How many unmapped wire paths one reply reports."""

TOKEN_LENGTH_MAX = 8_192
"""The longest access token taken from a token reply."""

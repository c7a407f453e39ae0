"""Every code the checker of mappings can print, with an example of it: documentation and tests derive from here.

E1xx reading, E2xx rows and tables, E3xx expressions, E4xx outcomes and declarations, E5xx
products and channels, E6xx mocks, E7xx examples; W with the same numbers warn.
"""

from collections.abc import Mapping

from cli.mapping.codes.entry import Code
from cli.mapping.codes.examples import EXAMPLES
from cli.mapping.codes.expressions import EXPRESSIONS
from cli.mapping.codes.generation import GENERATION
from cli.mapping.codes.mocks import MOCKS
from cli.mapping.codes.outcomes import OUTCOMES
from cli.mapping.codes.products import PRODUCTS
from cli.mapping.codes.reading import READING
from cli.mapping.codes.records import RECORDS
from cli.mapping.codes.rows import ROWS
from cli.mapping.codes.wire import WIRE

_PARTS = (PRODUCTS, READING, ROWS, WIRE, GENERATION, EXPRESSIONS, OUTCOMES, RECORDS, MOCKS, EXAMPLES)

CODES: Mapping[str, Code] = {code: entry for part in _PARTS for code, entry in part.items()}
"""Every code by its name, in the order of the page."""

__all__ = ["CODES", "Code"]

"""Two spellings of one name: `IdType` in Python, `id_type` in mappings."""

import re


def snake(name: str) -> str:
    """`IdType` as `id_type`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()

"""What the small grammars of the language share: a fault inside one scalar, with its offset."""

from gateway.catalogue.marks import Mark


class SyntaxFault(ValueError):
    """A text that its grammar does not allow; `offset` counts characters from the text's first one."""

    def __init__(self, message: str, offset: int = 0, hint: str | None = None) -> None:
        """Say what is wrong, where, and what would be right."""
        super().__init__(message)
        self.offset = offset
        self.hint = hint

    def place(self, mark: Mark) -> Mark:
        """The place of the fault in a text that stands at `mark`."""
        return mark.shifted(self.offset)

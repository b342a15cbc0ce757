"""Which characters a name may have: surely, by some documents only, or by none."""

from dataclasses import dataclass

from console.platforms.rules.findings import Finding, error, warning
from console.platforms.rules.names import ASCII_WORD, is_foreign_letter, is_ideograph, spelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphabet:
    """The characters of one kind of name on one platform.

    `agreed` stands in every document beside letters and digits, `disputed` in some; so does Chinese when
    `chinese_disputed`. `strict` shuts out all that is not named. `words` describes it to a person.
    """

    field: str
    rule: str
    subject: str
    words: str
    agreed: str
    disputed: str = ""
    chinese: bool = True
    chinese_disputed: bool = False
    strict: bool = False

    def check(self, text: str) -> list[Finding]:
        """Find characters outside the alphabet (error) and those that documents disagree on (warning)."""
        outside = [char for char in text if not self._is_published(char)]
        unnamed = [] if self.strict else [char for char in outside if is_foreign_letter(char)]
        refused = [char for char in outside if char not in unnamed]
        found = [self._refused(refused)] if refused else []
        if unnamed:
            found.append(self._unnamed(unnamed))
        if doubtful := [char for char in text if self._is_doubtful(char)]:
            found.append(self._doubtful(doubtful))
        return found

    def _is_published(self, char: str) -> bool:
        named = char in ASCII_WORD or char in self.agreed or char in self.disputed
        return named or (self.chinese and is_ideograph(char))

    def _is_doubtful(self, char: str) -> bool:
        return char in self.disputed or (self.chinese and self.chinese_disputed and is_ideograph(char))

    def _refused(self, characters: list[str]) -> Finding:
        text = f"{self.subject} cannot have {spelled(characters)}: it is made of {self.words}."
        return error(self.field, f"{self.rule}.alphabet", text)

    def _unnamed(self, characters: list[str]) -> Finding:
        text = f"{self.subject}: no document says whether {spelled(characters)} may be used. It may be refused."
        return warning(self.field, f"{self.rule}.alphabet_unpublished", text)

    def _doubtful(self, characters: list[str]) -> Finding:
        text = f"{self.subject}: the documents disagree on {spelled(characters)}. It may be refused."
        return warning(self.field, f"{self.rule}.alphabet_disputed", text)

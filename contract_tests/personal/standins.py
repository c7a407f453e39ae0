"""Made-up people in the place of real ones: one text always becomes the same other, so a person stays one person.

An identity number stays valid and coherent: its birth date is the one that stands in for the person's, its last digits
keep the gender, its check character is right. A birth date stays in its year and on its side of the day of the
recording, so that a premium by age does not change. Everything lies in the ranges `detect` knows to belong to nobody.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count

from contract_tests.personal.detect import (
    MADE_UP_CARD,
    MADE_UP_MOBILE,
    MADE_UP_REGION,
    bare_digits,
    check_character,
    findings,
    luhn_sum,
)

NAME_LENGTH_MIN = 2
PROSE_LENGTH_MIN = 8
_FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "天地玄黄宇宙洪荒日月盈昃辰宿列寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"
_LATIN_FAMILIES = ("Archer", "Baker", "Carter", "Dyer", "Fisher", "Glover", "Hooper", "Mason", "Potter", "Sawyer")
_LATIN_GIVEN = ("Alex", "Blair", "Casey", "Dana", "Ellis", "Frankie", "Harper", "Jamie", "Kelly", "Robin")
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_DAY = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<s>[-/.年]?)(?P<m>\d{1,2})(?P<t>[-/.月]?)(?P<d>\d{1,2})(?!\d)")
_RESIDENT = re.compile(r"\d{17}[0-9Xx]")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z]·?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"
)
_EDGE = r"0-9A-Za-z"
_FEW = 3


class StandIns:
    """Everything that was replaced, by the text it stood for; `on` is the day of the recording."""

    def __init__(self, on: date) -> None:
        """Know nobody yet."""
        self.on = on
        self.known: dict[str, str] = {}
        self.whole: dict[str, str] = {}
        self.spoken: dict[str, str] = {}
        self.kinds: dict[str, set[str]] = {}
        self._numbers = {kind: count(1) for kind in ("phone", "email", "card", "identity", "plate", "address", "other")}
        self._words: dict[tuple[str, str], str] = {}
        self._days: dict[date, date] = {}
        self._phones: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None
        self._of: Mapping[str, Callable[[str], str]] = {
            "identity": self._identity, "phone": self._phone, "email": self._email, "card": self._card,
            "name": self._name, "family": self._family, "given": self._given, "plate": self._plate,
            "address": self._address, "birth_date": self._birth_date, "prose": self._prose, "file": self._file,
            "other": self._shape,
        }  # fmt: skip

    def meet(self, kind: str, text: str) -> None:
        """Somebody's text, of a kind: from now on it is replaced wherever it stands."""
        text = text.strip()
        if not text or text in self.known or text in self.whole:
            return
        if kind == "file" or (kind == "prose" and len(text) < PROSE_LENGTH_MIN):
            self.spoken.setdefault(text, self._of[kind](text))
            self.kinds.setdefault(kind, set()).add(text)
            return
        made = self._of[kind](text)
        self.kinds.setdefault(kind, set()).add(text)
        # A single character, or a word that is only sometimes a name, stands for the person where the field says so.
        short = len(text) < (NAME_LENGTH_MIN if _CJK.search(text) else _FEW)
        (self.whole if short else self.known)[text] = made
        self._pattern = None

    def meet_secret(self, text: str, instead: str) -> None:
        """A secret or setting of the sandbox, and the test's that takes its place."""
        if text and text != instead:
            self.kinds.setdefault("setting", set()).add(text)
            self.known[text] = instead
            self._pattern = None

    def look(self, text: str) -> None:
        """Meet whoever a text shows by the form of what stands in it."""
        for found in list(findings(text, mail=True)):
            kind = _BY_FORM.get(found.what)
            if kind is not None:
                self.meet(kind, text[found.start : found.end])
        for plate in _PLATE.finditer(text):
            if not plate[0].endswith("00000"[: len(plate[0]) - 3]):
                self.meet("plate", plate[0])

    def replaced(self, text: str) -> str:
        """The text with everybody in it replaced."""
        if text in self.whole:
            return self.whole[text]
        if not self.known:
            return text
        return self._compiled().sub(lambda found: self.known[found[0]], text)

    def retold(self, text: str) -> str:
        """What somebody said in a field of their own words, said otherwise; short words stand elsewhere by chance."""
        return self.spoken.get(text.strip()) or self.replaced(text)

    @property
    def originals(self) -> tuple[str, ...]:
        """What must stand nowhere in what is written, unless it is its own stand-in or part of one."""
        made = "\n".join(self.known.values())
        return tuple(text for text in self.known if text not in made)

    def _compiled(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest_first = sorted(self.known, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(_bounded, longest_first)))
        return self._pattern

    def _next(self, kind: str) -> int:
        return next(self._numbers[kind])

    # --- kinds -------------------------------------------------------------------------------------------------------

    def _identity(self, text: str) -> str:
        if not _RESIDENT.fullmatch(text) or _parsed(text[6:14]) is None:
            return self._shape(text)
        day = self.day(_parsed(text[6:14]) or self.on)
        # The 17th digit tells the gender: odd is male.
        serial = self._next("identity") % 400 * 2 + int(text[16]) % 2
        first = f"{MADE_UP_REGION}{day:%Y%m%d}{serial:03d}"
        return first + check_character(first)

    def _birth_date(self, text: str) -> str:
        found = _DAY.search(text)
        born = _parsed("".join((found["y"], found["m"].zfill(2), found["d"].zfill(2)))) if found else None
        if found is None or born is None:
            return self._shape(text)
        return text[: found.start()] + _like(found, self.day(born)) + text[found.end() :]

    def day(self, born: date) -> date:
        """The birth date that stands in for one; every way to write it is known from then on."""
        if born not in self._days:
            self._days[born] = made = self._another_day(born)
            for form in ("{:%Y-%m-%d}", "{:%Y%m%d}", "{:%Y/%m/%d}", "{:%Y.%m.%d}", "{0:%Y}年{0.month}月{0.day}日"):
                self.known[form.format(born)] = form.format(made)
            self._pattern = None
        return self._days[born]

    def _another_day(self, born: date) -> date:
        """Another day of the same year, before or after the anniversary of the recording as the born one is."""
        turn = date(born.year, self.on.month, min(self.on.day, 28))
        first, last = (date(born.year, 1, 1), turn) if born <= turn else (turn, date(born.year, 12, 31))
        days = max((last - first).days, 1)
        for step in range(1, days + 1):
            made = first + timedelta(days=(len(self._days) * 11 + step * 17) % days)
            if made != born and (made <= turn) == (born <= turn):
                return made
        return born

    def _phone(self, text: str) -> str:
        digits = bare_digits(text)
        local = digits.removeprefix("0086").removeprefix("86") if len(digits) > len("13800000000") else digits
        if _MOBILE.fullmatch(local):
            made = self._phones.setdefault(local, f"{MADE_UP_MOBILE}{len(self._phones) % 6000 + 1000:04d}")
            return _over_last(text, made)
        if text.startswith("+"):
            return f"+447700900{self._next('phone') % 1000:03d}"
        return self._shape(text)

    def _email(self, text: str) -> str:
        return f"person{self._next('email')}@example.com"

    def _card(self, text: str) -> str:
        digits = bare_digits(text)
        room = len(digits) - len(MADE_UP_CARD) - 1
        if room < 1:
            return self._shape(text)
        first = f"{MADE_UP_CARD}{self._next('card'):0{room}d}"[: len(digits) - 1]
        return _over_last(text, first + str(-luhn_sum(first + "0") % 10))

    def _plate(self, text: str) -> str:
        return text[:2] + f"{self._next('plate'):0{len(text) - 2}d}"

    def _address(self, text: str) -> str:
        number = self._next("address")
        return f"示例路{number}号" if _CJK.search(text) else f"{number} Example Street"

    def _name(self, text: str) -> str:
        if _CJK.search(text):
            if "*" in text:
                return self._shape(text)
            return self._family(text[:1]) + (self._given(text[1:]) if len(text) > 1 else "")
        words = list(_WORD.finditer(text))
        if not words:
            return self._shape(text)
        for word in words:
            self._meet_word("family" if word is words[-1] and len(words) > 1 else "given", word[0])
        return _WORD.sub(lambda found: self._words["latin", found[0]], text)

    def _family(self, text: str) -> str:
        return self._part("family", text, _FAMILIES, _LATIN_FAMILIES)

    def _given(self, text: str) -> str:
        return self._part("given", text, _GIVEN, _LATIN_GIVEN)

    def _part(self, kind: str, text: str, characters: str, latin: tuple[str, ...]) -> str:
        if not _CJK.search(text):
            for word in _WORD.findall(text):
                self._meet_word(kind, word)
            return _WORD.sub(lambda found: self._words["latin", found[0]], text) if _WORD.search(text) else text
        key = (kind, text)
        if key not in self._words:
            made = len(self._words)
            both = [_run(characters, first, len(text)) for first in (made, made + 1)]
            self._words[key] = next(each for each in both if each != text)
        return self._words[key]

    def _meet_word(self, kind: str, word: str) -> None:
        """A word of a Latin name: as a part of a full name it is replaced as it is alone."""
        if ("latin", word) in self._words:
            return
        names = _LATIN_FAMILIES if kind == "family" else _LATIN_GIVEN
        made = len(self._words)
        chosen = names[made % len(names)] + ("" if made < len(names) else "abcdefghij"[made // len(names) % 10])
        chosen = chosen if chosen.lower() != word.lower() else f"{chosen}a"
        self._words["latin", word] = chosen.upper() if word.isupper() and len(word) > 1 else chosen
        if len(word) > _FEW:
            self.known[word] = self._words["latin", word]

    def _prose(self, text: str) -> str:
        """What was told in somebody's own words."""
        number = self._next("address")
        return f"示例文字{number}" if _CJK.search(text) else f"Sample text {number}"

    def _file(self, _: str) -> str:
        """A file in Base 64: nobody here reads what is in it."""
        return b64encode(f"%PDF-1.4\n% Sample document {self._next('address')}\n%%EOF\n".encode()).decode()

    def _shape(self, text: str) -> str:
        """A text of the same form, with a number of its own: digits tell it, or letters where there are none."""
        number, digits = self._next("other"), len(bare_digits(text))
        told = f"{number:0{digits}d}"[-digits:] if digits else ""
        letters = sum(each.isascii() and each.isalpha() for each in text)
        spelled = _spelled(number) if len(told) < _FEW else ""
        left, words = iter(told), iter((_FILL * letters + spelled)[-letters:] if letters else "")
        made = "".join(
            next(left) if each.isascii() and each.isdigit() else next(words) if each.isascii() and each.isalpha()
            else "某" if each.isalpha() else each
            for each in text
        )  # fmt: skip
        return made if made != text else made + _FILL


_FILL = "X"


def _spelled(number: int) -> str:
    """A number in letters."""
    letters = ""
    while number:
        number, digit = divmod(number, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


_BY_FORM = {
    "a real identity number": "identity", "a bank card": "card", "a mobile number": "phone",
    "a telephone number": "phone", "an e-mail address": "email", "a landline number": "phone",
    "an identity number of 15 digits": "identity", "an identity number of Hong Kong": "identity",
}  # fmt: skip


def _run(characters: str, first: int, length: int) -> str:
    """So many of the characters, from one on."""
    return "".join(characters[(first + at * 7) % len(characters)] for at in range(length))


def _parsed(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _like(found: re.Match[str], day: date) -> str:
    """A day written as another was."""
    month, of_month = (f"{part:0{len(found[name])}d}" for part, name in ((day.month, "m"), (day.day, "d")))
    return f"{day.year}{found['s']}{month}{found['t']}{of_month}"


def _over_last(text: str, digits: str) -> str:
    """The digits in the place of the text's last ones, what stands between them kept."""
    left = list(digits)
    return "".join([left.pop() if each.isdigit() and left else each for each in reversed(text)][::-1])


def _bounded(text: str) -> str:
    """A text as a pattern that is not part of a longer word or number."""
    before = f"(?<![{_EDGE}])" if re.match(f"[{_EDGE}]", text) else ""
    after = f"(?![{_EDGE}])" if re.match(f"[{_EDGE}]", text[-1]) else ""
    return before + re.escape(text) + after

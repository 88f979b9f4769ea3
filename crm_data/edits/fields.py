"""What may stand in a field: cleaned, or refused with a sentence to stand beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat

from crm_data.edits.errors import Invalid

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


class Fields:
    """Collects cleaned values, and what is wrong with the others. `get` raises Invalid if anything is."""

    def __init__(self, typed: Mapping[str, Any]) -> None:
        self.typed = typed
        self.values: dict[str, Any] = {}
        self.problems: dict[str, str] = {}

    def get(self) -> dict[str, Any]:
        if self.problems:
            raise Invalid(self.problems)
        return self.values

    def text(
        self, name: str, label: str, longest: int, *, required: bool = False, lines: bool = False
    ) -> None:
        """Any text of any language; surrounding space goes, an empty text is none."""
        if name not in self.typed:
            return
        value = str(self.typed[name] if self.typed[name] is not None else "")
        value = value.replace("\r\n", "\n").strip() if lines else value.strip()
        bad = next((sign for sign in value if _is_control(sign) and not (lines and sign in "\n\t")), None)
        if bad is not None:
            self.problems[name] = f"{label} holds a control character (U+{ord(bad):04X}). Type it anew."
        elif len(value) > longest:
            self.problems[name] = f"{label} has {len(value):,} characters; {longest:,} fit."
        elif required and not value:
            self.problems[name] = f"{label} is missing."
        else:
            self.values[name] = value or None

    def email(self, name: str) -> None:
        """An address as the standards have it. Whether anybody reads there is not asked."""
        self.text(name, "The e-mail address", 254)
        value = self.values.get(name)
        if not value:
            return
        try:
            self.values[name] = validate_email(value, check_deliverability=False).normalized
        except EmailNotValidError as error:
            del self.values[name]
            self.problems[name] = f"This is no e-mail address: {str(error).rstrip('.')}."

    def phone(self, name: str, country: str | None) -> None:
        """A number as it is dialled in `country`, or with + and the code of another; kept as E.164."""
        self.text(name, "The telephone number", 60)
        value = self.values.get(name)
        if not value:
            return
        where = (country or "").upper() or None
        try:
            number = phonenumbers.parse(value, where)
            possible = phonenumbers.is_possible_number_with_reason(number)
            if possible != phonenumbers.ValidationResult.IS_POSSIBLE or len(str(number.national_number)) < 4:
                raise NumberParseException(NumberParseException.NOT_A_NUMBER, "too short or too long")
        except NumberParseException:
            del self.values[name]
            inside = f" in {Locale('en').territories.get(where, where)}" if where else ""
            self.problems[name] = (
                f"This is no telephone number{inside}. Another country's begins with + and its code."
            )
            return
        extension = f";ext={number.extension}" if number.extension else ""
        self.values[name] = phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension

    def word(self, name: str, label: str, words: tuple[str, ...]) -> None:
        if name not in self.typed:
            return
        if self.typed[name] in words:
            self.values[name] = self.typed[name]
        else:
            self.problems[name] = f"{label} is one of {', '.join(words)}."

    def flag(self, name: str) -> None:
        if name in self.typed:
            value = self.typed[name]
            self.values[name] = None if value is None else bool(value)

    def key(self, name: str) -> None:
        if name in self.typed:
            self.values[name] = None if self.typed[name] is None else int(self.typed[name])

    def instant(
        self, name: str, label: str, *, latest: datetime | None = None, earliest: datetime = _EARLIEST
    ) -> None:
        """A moment that makes sense: not before `earliest`, not after `latest`."""
        if name not in self.typed:
            return
        value = self.typed[name]
        if value is None:
            self.values[name] = None
        elif not isinstance(value, datetime) or value.tzinfo is None:
            self.problems[name] = f"{label} is no date with a time."
        elif latest and value > latest + timedelta(minutes=1):
            self.problems[name] = f"{label} lies in the future."
        elif value < earliest:
            self.problems[name] = f"{label} is too early."
        elif value.year > 2200:
            self.problems[name] = f"{label} is too late."
        else:
            self.values[name] = value


def national(phone: str | None, country: str | None) -> str:
    """A number as people write it: without the code in its own country, with it elsewhere."""
    if not phone:
        return ""
    try:
        number = phonenumbers.parse(phone, (country or "").upper() or None)
    except NumberParseException:
        return phone
    home = country and phonenumbers.country_code_for_region(country.upper()) == number.country_code
    kind = PhoneNumberFormat.NATIONAL if home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, kind)


def _is_control(sign: str) -> bool:
    """Control characters, NUL among them, and halves of characters, which no database takes."""
    return unicodedata.category(sign) in ("Cc", "Cs")

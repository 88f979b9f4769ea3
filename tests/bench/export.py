"""A CRM's export of so many rows, as Salesforce writes it: accounts, contacts, opportunities and cases."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.setting import TODAY

#: Of ten rows, so many of each file. A deal's amount is in cents.
_OF_TEN = {"Account": 1, "Contact": 4, "Opportunity": 3, "Case": 2}
_HEADINGS = {
    "Account": "Id Name Type Industry Website Phone BillingCity BillingCountryCode NumberOfEmployees "
    "AnnualRevenue AccountSource CreatedDate",
    "Contact": "Id AccountId FirstName LastName Title Email Phone HasOptedOutOfEmail CreatedDate",
    "Opportunity": "Id AccountId Name StageName IsClosed IsWon Amount Probability LeadSource CloseDate "
    "CreatedDate",
    "Case": "Id CaseNumber AccountId ContactId Subject Status Origin Priority IsClosed ClosedDate "
    "CreatedDate",
}
_OBJECTS = {"Account": "accounts", "Contact": "contacts", "Opportunity": "opportunities", "Case": "cases"}
_PREFIX = {"Account": "001", "Contact": "003", "Opportunity": "006", "Case": "500"}
_OPENINGS = "Al Bre Cor Da El Fin Gar Hol In Jor Ka Li Mar Nor Os Pe Qui Ro Sta Tor Ul Ver Wil Xan Yor Ze"
_ENDINGS = "an bert da din e ella en ford ger ia in ka la mann mer na ner o ra ric sen son ta ton ville ya"
_STAGES = (("Prospecting", 10), ("Proposal/Price Quote", 75), ("Closed Won", 100), ("Closed Lost", 0))
_STATUSES = ("New", "Working", "Escalated", "Closed")


@dataclass(frozen=True)
class Made:
    """Rows of each object of the CRM, and the sum of all amounts of deals in cents: as they must arrive."""

    rows: dict[str, int]
    cents: int


def write(folder: Path, rows: int) -> Made:
    """The same files each time."""
    chance, cents = Random(rows), 0
    counts = {name: max(rows * share // 10, 1) for name, share in _OF_TEN.items()}
    for name, count in counts.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADINGS[name].split())
            for cells in _rows(name, count, counts, chance):
                writer.writerow(cells)
                if name == "Opportunity":
                    cents += round(100 * float(cells[6]))
    return Made({_OBJECTS[name]: count for name, count in counts.items()}, cents)


def _rows(name: str, count: int, counts: dict[str, int], chance: Random) -> Iterator[list[str]]:
    opening, ending = _OPENINGS.split(), _ENDINGS.split()

    def word() -> str:
        return chance.choice(opening) + chance.choice(ending)

    def other(of: str) -> str:
        return _id(of, chance.randrange(counts[of]))

    for number in range(count):
        day = TODAY - timedelta(days=chance.randrange(1, 1500))
        row = [_id(name, number)]
        if name == "Account":
            company = f"{word()} {word()} {chance.choice(('Ltd', 'GmbH', 'Inc.', 'S.A.'))}"
            employees = chance.randrange(1, 5000)
            row += [company, "Customer", "Manufacturing", f"www.{company.split()[0].lower()}{number}.example"]
            row += [_phone(number), word(), chance.choice(("US", "DE", "FR", "BR")), str(employees)]
            row += [f"{employees * 91_000}.00", "Web", _instant(day, chance)]
        elif name == "Contact":
            first, last = word(), word() + chance.choice(ending)
            row += [
                other("Account"),
                first,
                last,
                "Purchasing",
                f"{first}.{last}{number}@mail.example".lower(),
            ]
            row += [_phone(number), chance.choice(("true", "false")), _instant(day, chance)]
        elif name == "Opportunity":
            stage, probability = chance.choice(_STAGES)
            closed = str(stage.startswith("Closed")).lower()
            won = str(stage == "Closed Won").lower()
            row += [other("Account"), f"{word()}, {word()} {number}", stage, closed, won]
            row += [f"{chance.randrange(100, 20_000_000) / 100:.2f}", str(probability), "Web"]
            row += [f"{day}", _instant(day - timedelta(days=chance.randrange(1, 200)), chance)]
        else:
            status = chance.choice(_STATUSES)
            closed = str(status == "Closed").lower()
            row += [f"{number:08}", other("Account"), other("Contact"), f"{word()} does not {word()}"]
            row += [status, "Phone", "High", closed, _instant(day, chance) if closed == "true" else ""]
            row += [_instant(day - timedelta(days=chance.randrange(1, 30)), chance)]
        yield row


def _id(name: str, number: int) -> str:
    return f"{_PREFIX[name]}Q{number:011}AAA"


def _phone(number: int) -> str:
    return f"+1 202 {number // 10_000 % 1000:03} {number % 10_000:04}"


def _instant(day: date, chance: Random) -> str:
    return f"{day}T{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}.000+0000"

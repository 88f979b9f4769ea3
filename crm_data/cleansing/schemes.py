"""How contacts, leads and companies are compared, whether they come from a file or from the CRM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from crm_data.cleansing import compare
from crm_data.cleansing.compare import bare_company, digits, skeleton
from crm_data.cleansing.records import Field, Record, Scheme
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.sales import leads
from crm_data.search import fold

#: From here on two records are shown as likely the same.
LIKELY = 0.8

_MANY = 2000


def _people_blocks(values: Sequence[str]) -> Iterator[str]:
    first, last, email, phone, company = values
    if email:
        yield f"e{email}"
        local = email.partition("@")[0]
        if len(local) > 4:
            yield f"m{local}"
    if len(phone) >= 7:
        yield f"p{phone[-7:]}"
    if first and last:
        yield "n" + "/".join(sorted((skeleton(first), skeleton(last))))
    if last and company:
        yield f"c{skeleton(last)}/{company[:6]}"
    elif last and not first:
        yield f"l{last}"


def _company_blocks(values: Sequence[str]) -> Iterator[str]:
    name, domain, phone, city, _ = values
    if domain:
        yield f"d{domain}"
    if len(phone) >= 7:
        yield f"p{phone[-7:]}"
    words = name.split()
    if words:
        yield f"w{words[0][:6]}/{words[1][:2] if len(words) > 1 else ''}"
        yield "n" + "".join(sorted(words))[:12]
        if city:
            yield f"c{skeleton(words[0])}/{city}"


def _first_name(text: str) -> str:
    """Nothing of an initial, which tells nothing."""
    return text if len(text.rstrip(".")) > 1 else ""


def _bare_domain(text: str) -> str:
    return text.removeprefix("https://").removeprefix("http://").removeprefix("www.")


PEOPLE = Scheme(
    (
        Field("first_name", "first name", compare.FIRST_NAME, _first_name),
        Field("last_name", "last name", compare.LAST_NAME),
        Field("email", "e-mail address", compare.EMAIL),
        Field("phone", "telephone number", compare.EXTENSION, digits),
        Field("company", "company", compare.EMPLOYER, bare_company),
    ),
    _people_blocks,
    swapped=(0, 1),
)
COMPANIES = Scheme(
    (
        Field("name", "name", compare.COMPANY, bare_company),
        Field("domain", "domain", compare.DOMAIN, _bare_domain),
        Field("phone", "telephone number", compare.PHONE, digits),
        Field("city", "city", compare.PLACE),
        Field("country", "country", compare.PLACE),
    ),
    _company_blocks,
)

#: What duplicates are looked for among.
SCHEMES: Mapping[str, Scheme] = {"accounts": COMPANIES, "contacts": PEOPLE, "leads": PEOPLE}


def record(object_name: str, key: str, values: Mapping[str, Any], *, fresh: bool = True) -> Record:
    """A record of a row. `company`: a contact's or lead's, by name."""
    fields = SCHEMES[object_name].fields
    texts = [field.clean(fold(" ".join(str(values.get(field.name) or "").split()))) for field in fields]
    return Record(key, texts, fresh)


def crm_records(connection: Connection, object_name: str, *, fresh: bool = True) -> Iterator[Record]:
    """The CRM's own accounts, contacts or leads; the key is the row's, as text. Merged ones are left out."""
    table = {"accounts": accounts, "contacts": contacts, "leads": leads}[object_name]
    names = [column for column in SCHEMES[object_name].fields if column.name in table.c]
    columns = [table.c[field.name] for field in names]
    query = select(table.c.id, *columns)
    if table is contacts:
        query = _with_company(contacts).add_columns(*columns).where(contacts.c.merged_into_id.is_(None))
    rows = connection.execute(query.order_by(table.c.id).execution_options(yield_per=_MANY)).mappings()
    for row in rows:
        yield record(object_name, str(row["id"]), dict(row), fresh=fresh)


def _with_company(table: Table) -> Any:
    joined = table.outerjoin(accounts, accounts.c.id == table.c.account_id)
    return select(table.c.id, accounts.c.name.label("company")).select_from(joined)

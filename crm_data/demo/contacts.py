"""The people in the accounts, and what they agreed to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_data.demo import names
from crm_data.demo.accounts import LANGUAGES, TITLES
from crm_data.demo.places import COUNTRIES, PHONES
from crm_data.demo.plan import Days, Instants, Plan
from crm_data.demo.seasons import Integers, spell, until

_CULTURE = np.array([names.CULTURES.index(country.names) for country in COUNTRIES])
_LANGUAGE = [LANGUAGES.get(country.code, "en") for country in COUNTRIES]
_NO, _YES, _NEVER_ASKED = 0, 1, 2


@dataclass(frozen=True)
class People:
    """Who is where. Contacts of an account have consecutive ids, in the order of the accounts."""

    first: Integers  # the first contact's id, by account
    count: Integers  # how many, by account
    account: Integers  # position of the account, by contact
    known: Days  # by contact
    consent: Integers
    consent_at: np.ndarray
    withdrawn_on: Days  # NaT: never

    @property
    def withdrawn_at(self) -> Instants:
        return self.withdrawn_on.astype("datetime64[us]") + np.timedelta64(15, "h")

    def of(self, rng: np.random.Generator, account: Integers) -> Integers:
        """A random contact's id for each account position; the first is the likeliest."""
        return self.first[account] + (rng.random(len(account)) ** 1.7 * self.count[account]).astype(np.int64)


def people(plan: Plan, accounts: pd.DataFrame) -> People:
    rng = plan.random("people")
    count = 1 + rng.poisson(1.0 + 0.5 * accounts["segment"].to_numpy())
    account = np.repeat(np.arange(len(accounts)), count)
    total = len(account)
    became = accounts["became"].to_numpy()[account]
    consent = np.select([rng.random(total) < 0.72, rng.random(total) < 0.4], [_YES, _NO], _NEVER_ASKED)
    asked = np.minimum(became + spell(rng.exponential(48, total)), plan.now)
    withdrawn = asked.astype("datetime64[D]") + np.ceil(rng.exponential(10_000, total)).astype(np.int64)
    loyal = np.flatnonzero(consent == _YES)[np.argsort(became[consent == _YES])[:1]]
    withdrawn[loyal] = np.datetime64("NaT")  # so that there always is somebody to write to
    withdrawn[(consent != _YES) | (withdrawn >= plan.last_day)] = np.datetime64("NaT")
    return People(
        first=1 + np.cumsum(count) - count,
        count=count,
        account=account,
        known=became.astype("datetime64[D]"),
        consent=consent,
        consent_at=np.where(consent == _NEVER_ASKED, np.datetime64("NaT", "us"), asked),
        withdrawn_on=withdrawn,
    )


def contacts_table(plan: Plan, accounts: pd.DataFrame, people: People) -> pd.DataFrame:
    """The table of contacts. The first of each account is the person who asked."""
    rng = plan.random("contacts")
    account = people.account
    total = len(account)
    country = accounts["country_number"].to_numpy()[account]
    person = names.people(rng, _CULTURE[country])
    asker = people.first - 1
    for name in person.columns:
        person.loc[asker, name] = accounts[name].to_numpy()
    withdrawn = ~np.isnat(people.withdrawn_on)
    consent = np.where(withdrawn, _NO, people.consent)
    changed = np.where(withdrawn, people.withdrawn_at, people.consent_at)
    source = np.select([withdrawn, people.consent == _YES], ["unsubscribe link", "sign-up form"], "telephone")
    return pd.DataFrame(
        {
            "id": np.arange(1, total + 1),
            "account_id": accounts["id"].to_numpy()[account],
            "first_name": person["first_name"],
            "last_name": person["last_name"],
            "email": names.join(person["slug"], accounts["domain"].iloc[account], by="@").where(
                rng.random(total) < 0.97
            ),
            "phone": names.phones(rng, PHONES, country).where(rng.random(total) < 0.6),
            "title": pd.Categorical.from_codes(
                np.where(rng.random(total) < 0.85, rng.integers(0, len(TITLES), total), -1), TITLES
            ),
            "language": names.take(_LANGUAGE, country).to_pandas(),
            "email_consent": pd.array(consent, dtype="Int64"),
            "phone_consent": pd.array(rng.integers(0, 2, total), dtype="Int64"),
            "consent_at": until(changed, plan.now),
            "consent_source": pd.Series(source).mask(people.consent == _NEVER_ASKED),
            "updated_at": np.fmax(accounts["became"].to_numpy()[account], changed),
        }
    ).assign(
        email_consent=lambda table: table["email_consent"].mask(people.consent == _NEVER_ASKED),
        phone_consent=lambda table: table["phone_consent"].mask(rng.random(total) < 0.5),
    )

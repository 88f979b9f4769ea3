"""Where the demo's customers are: sales regions, countries, subdivisions, cities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class City:
    name: str
    subdivision: str | None  # ISO 3166-2
    subdivision_name: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Country:
    code: str
    name: str
    region: str
    team: str
    currency: str
    share: float  # of all prospects
    utc_offset: float
    names: str  # which lists of given and family names
    phone: str  # # stands for any digit
    legal_forms: tuple[str, ...]
    cities: tuple[City, ...]


REGIONS = {  # with the middle of each, for maps
    "North America": (44.0, -98.0),
    "EMEA": (47.0, 9.0),
    "Asia-Pacific": (18.0, 118.0),
    "Latin America": (-12.0, -62.0),
}
TEAMS = {  # sales teams and their region
    "Sales North America": "North America",
    "Sales North EMEA": "EMEA",
    "Sales South EMEA": "EMEA",
    "Sales Asia-Pacific": "Asia-Pacific",
    "Sales Latin America": "Latin America",
}

# Ranges kept free for fiction; # stands for any digit. Countries that keep none get American ones.
_FREE_PHONE = "+1 305 555 01##"
_PHONES = {
    "US": "+1 212 555 01##",
    "CA": "+1 416 555 01##",
    "DE": "+49 30 23125 ###",
    "SE": "+46 8 465 004 ##",
    "GB": "+44 20 7946 0###",
    "FR": "+33 1 99 00 ## ##",
    "AU": "+61 2 5550 ####",
}

# code | name | sales team | currency | share of prospects | hours ahead of UTC | names | legal forms
_COUNTRIES = """
US | United States | Sales North America | USD | 25 | -6 | english | Inc., LLC, Corp.
CA | Canada | Sales North America | CAD | 7 | -5 | english | Ltd., Inc.
DE | Germany | Sales North EMEA | EUR | 13 | 1 | german | GmbH, AG, KG
NL | Netherlands | Sales North EMEA | EUR | 4 | 1 | german | B.V., N.V.
PL | Poland | Sales North EMEA | PLN | 3 | 1 | slavic | Sp. z o.o., S.A.
SE | Sweden | Sales North EMEA | SEK | 3 | 1 | nordic | AB
GB | United Kingdom | Sales North EMEA | GBP | 10 | 0 | english | Ltd, plc
FR | France | Sales South EMEA | EUR | 8 | 1 | french | SAS, SARL, SA
ES | Spain | Sales South EMEA | EUR | 4 | 1 | spanish | S.L., S.A.
AE | United Arab Emirates | Sales South EMEA | USD | 2 | 4 | arabic | FZCO, LLC
ZA | South Africa | Sales South EMEA | USD | 2 | 2 | african | (Pty) Ltd
JP | Japan | Sales Asia-Pacific | JPY | 6 | 9 | japanese | K.K.
AU | Australia | Sales Asia-Pacific | AUD | 5 | 10 | english | Pty Ltd
IN | India | Sales Asia-Pacific | INR | 5 | 5.5 | indian | Pvt. Ltd.
SG | Singapore | Sales Asia-Pacific | USD | 3 | 8 | chinese | Pte. Ltd.
BR | Brazil | Sales Latin America | BRL | 6 | -3 | portuguese | Ltda., S.A.
MX | Mexico | Sales Latin America | MXN | 4 | -6 | spanish | S.A. de C.V.
CL | Chile | Sales Latin America | USD | 2 | -4 | spanish | SpA
"""

# country | city | subdivision | its name | latitude | longitude. The first city of a country is the biggest.
_CITIES = """
US | New York | US-NY | New York | 40.71 | -74.01
US | Los Angeles | US-CA | California | 34.05 | -118.24
US | San Francisco | US-CA | California | 37.77 | -122.42
US | Chicago | US-IL | Illinois | 41.88 | -87.63
US | Houston | US-TX | Texas | 29.76 | -95.37
US | Austin | US-TX | Texas | 30.27 | -97.74
US | Boston | US-MA | Massachusetts | 42.36 | -71.06
US | Seattle | US-WA | Washington | 47.61 | -122.33
US | Denver | US-CO | Colorado | 39.74 | -104.99
US | Atlanta | US-GA | Georgia | 33.75 | -84.39
US | Miami | US-FL | Florida | 25.76 | -80.19
US | Minneapolis | US-MN | Minnesota | 44.98 | -93.27
CA | Toronto | CA-ON | Ontario | 43.65 | -79.38
CA | Montréal | CA-QC | Québec | 45.50 | -73.57
CA | Vancouver | CA-BC | British Columbia | 49.28 | -123.12
CA | Calgary | CA-AB | Alberta | 51.05 | -114.07
DE | Berlin | DE-BE | Berlin | 52.52 | 13.40
DE | München | DE-BY | Bayern | 48.14 | 11.58
DE | Hamburg | DE-HH | Hamburg | 53.55 | 9.99
DE | Köln | DE-NW | Nordrhein-Westfalen | 50.94 | 6.96
DE | Frankfurt am Main | DE-HE | Hessen | 50.11 | 8.68
DE | Stuttgart | DE-BW | Baden-Württemberg | 48.78 | 9.18
NL | Amsterdam | NL-NH | Noord-Holland | 52.37 | 4.90
NL | Rotterdam | NL-ZH | Zuid-Holland | 51.92 | 4.48
PL | Warszawa | PL-14 | Mazowieckie | 52.23 | 21.01
PL | Kraków | PL-12 | Małopolskie | 50.06 | 19.94
SE | Stockholm | SE-AB | Stockholm | 59.33 | 18.07
SE | Göteborg | SE-O | Västra Götaland | 57.71 | 11.97
GB | London | GB-ENG | England | 51.51 | -0.13
GB | Manchester | GB-ENG | England | 53.48 | -2.24
GB | Edinburgh | GB-SCT | Scotland | 55.95 | -3.19
GB | Cardiff | GB-WLS | Wales | 51.48 | -3.18
FR | Paris | FR-IDF | Île-de-France | 48.86 | 2.35
FR | Lyon | FR-ARA | Auvergne-Rhône-Alpes | 45.76 | 4.84
FR | Toulouse | FR-OCC | Occitanie | 43.60 | 1.44
ES | Madrid | ES-MD | Madrid | 40.42 | -3.70
ES | Barcelona | ES-CT | Catalunya | 41.39 | 2.17
AE | Dubai | AE-DU | Dubayy | 25.20 | 55.27
ZA | Cape Town | ZA-WC | Western Cape | -33.92 | 18.42
ZA | Johannesburg | ZA-GP | Gauteng | -26.20 | 28.05
JP | Tokyo | JP-13 | Tokyo | 35.68 | 139.69
JP | Osaka | JP-27 | Osaka | 34.69 | 135.50
JP | Fukuoka | JP-40 | Fukuoka | 33.59 | 130.40
AU | Sydney | AU-NSW | New South Wales | -33.87 | 151.21
AU | Melbourne | AU-VIC | Victoria | -37.81 | 144.96
AU | Brisbane | AU-QLD | Queensland | -27.47 | 153.03
IN | Bengaluru | IN-KA | Karnataka | 12.97 | 77.59
IN | Mumbai | IN-MH | Maharashtra | 19.08 | 72.88
IN | New Delhi | IN-DL | Delhi | 28.61 | 77.21
SG | Singapore |  |  | 1.35 | 103.82
BR | São Paulo | BR-SP | São Paulo | -23.55 | -46.63
BR | Rio de Janeiro | BR-RJ | Rio de Janeiro | -22.91 | -43.17
BR | Curitiba | BR-PR | Paraná | -25.43 | -49.27
MX | Ciudad de México | MX-CMX | Ciudad de México | 19.43 | -99.13
MX | Monterrey | MX-NLE | Nuevo León | 25.69 | -100.32
MX | Guadalajara | MX-JAL | Jalisco | 20.66 | -103.35
CL | Santiago | CL-RM | Metropolitana de Santiago | -33.45 | -70.67
"""


def _rows(text: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]


def _country(
    code: str, name: str, team: str, currency: str, share: str, ahead: str, names: str, forms: str
) -> Country:
    return Country(
        code=code,
        name=name,
        region=TEAMS[team],
        team=team,
        currency=currency,
        share=float(share),
        utc_offset=float(ahead),
        names=names,
        phone=_PHONES.get(code, _FREE_PHONE),
        legal_forms=tuple(forms.split(", ")),
        cities=tuple(
            City(city, subdivision or None, its_name or None, float(latitude), float(longitude))
            for country, city, subdivision, its_name, latitude, longitude in _rows(_CITIES)
            if country == code
        ),
    )


COUNTRIES = tuple(_country(*row) for row in _rows(_COUNTRIES))
PHONES = tuple(country.phone for country in COUNTRIES)


def regions() -> pd.DataFrame:
    """The tree: sales regions, their countries, their subdivisions."""
    rows: list[tuple[str, int, str | None, str | None, float, float]] = [
        (name, 0, None, None, *centre) for name, centre in REGIONS.items()
    ]
    for country in COUNTRIES:
        root = list(REGIONS).index(country.region) + 1
        first = country.cities[0]
        rows.append((country.name, root, country.code, None, first.latitude, first.longitude))
        parent = len(rows)
        for city in country.cities:
            if city.subdivision and city.subdivision not in {row[3] for row in rows}:
                name = city.subdivision_name or city.name
                rows.append((name, parent, country.code, city.subdivision, city.latitude, city.longitude))
    frame = pd.DataFrame(
        rows, columns=["name", "parent_id", "country", "subdivision", "latitude", "longitude"]
    )
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def cities(regions: pd.DataFrame) -> pd.DataFrame:
    """One row a city: its position among the countries, its region's id, and how likely it is.

    The first city of a country is the biggest.
    """
    key = dict(zip(regions["subdivision"].fillna(regions["country"]), regions["id"], strict=True))
    rows = []
    for position, country in enumerate(COUNTRIES):
        sizes = 1 / np.arange(1.5, 1.5 + len(country.cities))
        for city, size in zip(country.cities, sizes / sizes.sum(), strict=True):
            rows.append(
                {
                    "city": city.name,
                    "subdivision": city.subdivision,
                    "country": country.code,
                    "country_number": position,
                    "region_id": key[city.subdivision or country.code],
                    "latitude": city.latitude,
                    "longitude": city.longitude,
                    "share": country.share * size,
                }
            )
    return pd.DataFrame(rows)

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
    phone: str  # a range kept free for fiction; 0 stands for any digit
    legal_forms: tuple[str, ...]
    cities: tuple[City, ...]


REGIONS = {  # with the middle of each, for maps
    "North America": (44.0, -98.0),
    "EMEA": (47.0, 9.0),
    "Asia-Pacific": (18.0, 118.0),
    "Latin America": (-12.0, -62.0),
}
_NA, _EMEA, _APAC, _LATAM = REGIONS
TEAMS = {  # sales teams and their region
    "Sales North America": _NA,
    "Sales Central and North Europe": _EMEA,
    "Sales West Europe, Middle East and Africa": _EMEA,
    "Sales Asia-Pacific": _APAC,
    "Sales Latin America": _LATAM,
}
_T_NA, _T_CENTRAL, _T_WEST, _T_APAC, _T_LATAM = TEAMS
_US_PHONE = "+1 212 555 01##"
_FREE_PHONE = "+1 305 555 01##"  # no range of its own is kept free there


def _cities(text: str) -> tuple[City, ...]:
    """One city a line: name | subdivision code | subdivision name | latitude | longitude."""
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return tuple(City(r[0], r[1] or None, r[2] or None, float(r[3]), float(r[4])) for r in rows)


COUNTRIES = (
    Country("US", "United States", _NA, _T_NA, "USD", 25, -6, "english", _US_PHONE, ("Inc.", "LLC", "Corp."), _cities("""
        New York | US-NY | New York | 40.71 | -74.01
        Los Angeles | US-CA | California | 34.05 | -118.24
        San Francisco | US-CA | California | 37.77 | -122.42
        Chicago | US-IL | Illinois | 41.88 | -87.63
        Houston | US-TX | Texas | 29.76 | -95.37
        Austin | US-TX | Texas | 30.27 | -97.74
        Boston | US-MA | Massachusetts | 42.36 | -71.06
        Seattle | US-WA | Washington | 47.61 | -122.33
        Denver | US-CO | Colorado | 39.74 | -104.99
        Atlanta | US-GA | Georgia | 33.75 | -84.39
        Miami | US-FL | Florida | 25.76 | -80.19
        Minneapolis | US-MN | Minnesota | 44.98 | -93.27""")),
    Country("CA", "Canada", _NA, _T_NA, "CAD", 7, -5, "english", "+1 416 555 01##", ("Ltd.", "Inc."), _cities("""
        Toronto | CA-ON | Ontario | 43.65 | -79.38
        Montréal | CA-QC | Québec | 45.50 | -73.57
        Vancouver | CA-BC | British Columbia | 49.28 | -123.12
        Calgary | CA-AB | Alberta | 51.05 | -114.07""")),
    Country("DE", "Germany", _EMEA, _T_CENTRAL, "EUR", 13, 1, "german", "+49 30 23125 ###", ("GmbH", "AG", "KG"), _cities("""
        Berlin | DE-BE | Berlin | 52.52 | 13.40
        München | DE-BY | Bayern | 48.14 | 11.58
        Hamburg | DE-HH | Hamburg | 53.55 | 9.99
        Köln | DE-NW | Nordrhein-Westfalen | 50.94 | 6.96
        Frankfurt am Main | DE-HE | Hessen | 50.11 | 8.68
        Stuttgart | DE-BW | Baden-Württemberg | 48.78 | 9.18""")),
    Country("NL", "Netherlands", _EMEA, _T_CENTRAL, "EUR", 4, 1, "german", _FREE_PHONE, ("B.V.", "N.V."), _cities("""
        Amsterdam | NL-NH | Noord-Holland | 52.37 | 4.90
        Rotterdam | NL-ZH | Zuid-Holland | 51.92 | 4.48""")),
    Country("PL", "Poland", _EMEA, _T_CENTRAL, "PLN", 3, 1, "slavic", _FREE_PHONE, ("Sp. z o.o.", "S.A."), _cities("""
        Warszawa | PL-14 | Mazowieckie | 52.23 | 21.01
        Kraków | PL-12 | Małopolskie | 50.06 | 19.94""")),
    Country("SE", "Sweden", _EMEA, _T_CENTRAL, "SEK", 3, 1, "nordic", "+46 8 465 004 ##", ("AB",), _cities("""
        Stockholm | SE-AB | Stockholm | 59.33 | 18.07
        Göteborg | SE-O | Västra Götaland | 57.71 | 11.97""")),
    Country("GB", "United Kingdom", _EMEA, _T_WEST, "GBP", 10, 0, "english", "+44 20 7946 0###", ("Ltd", "plc"), _cities("""
        London | GB-ENG | England | 51.51 | -0.13
        Manchester | GB-ENG | England | 53.48 | -2.24
        Edinburgh | GB-SCT | Scotland | 55.95 | -3.19
        Cardiff | GB-WLS | Wales | 51.48 | -3.18""")),
    Country("FR", "France", _EMEA, _T_WEST, "EUR", 8, 1, "french", "+33 1 99 00 ## ##", ("SAS", "SARL", "SA"), _cities("""
        Paris | FR-IDF | Île-de-France | 48.86 | 2.35
        Lyon | FR-ARA | Auvergne-Rhône-Alpes | 45.76 | 4.84
        Toulouse | FR-OCC | Occitanie | 43.60 | 1.44""")),
    Country("ES", "Spain", _EMEA, _T_WEST, "EUR", 4, 1, "spanish", _FREE_PHONE, ("S.L.", "S.A."), _cities("""
        Madrid | ES-MD | Madrid | 40.42 | -3.70
        Barcelona | ES-CT | Catalunya | 41.39 | 2.17""")),
    Country("AE", "United Arab Emirates", _EMEA, _T_WEST, "USD", 2, 4, "arabic", _FREE_PHONE, ("FZCO", "LLC"), _cities("""
        Dubai | AE-DU | Dubayy | 25.20 | 55.27""")),
    Country("ZA", "South Africa", _EMEA, _T_WEST, "USD", 2, 2, "african", _FREE_PHONE, ("(Pty) Ltd",), _cities("""
        Cape Town | ZA-WC | Western Cape | -33.92 | 18.42
        Johannesburg | ZA-GP | Gauteng | -26.20 | 28.05""")),
    Country("JP", "Japan", _APAC, _T_APAC, "JPY", 6, 9, "japanese", _FREE_PHONE, ("K.K.",), _cities("""
        Tokyo | JP-13 | Tokyo | 35.68 | 139.69
        Osaka | JP-27 | Osaka | 34.69 | 135.50
        Fukuoka | JP-40 | Fukuoka | 33.59 | 130.40""")),
    Country("AU", "Australia", _APAC, _T_APAC, "AUD", 5, 10, "english", "+61 2 5550 ####", ("Pty Ltd",), _cities("""
        Sydney | AU-NSW | New South Wales | -33.87 | 151.21
        Melbourne | AU-VIC | Victoria | -37.81 | 144.96
        Brisbane | AU-QLD | Queensland | -27.47 | 153.03""")),
    Country("IN", "India", _APAC, _T_APAC, "INR", 5, 5.5, "indian", _FREE_PHONE, ("Pvt. Ltd.",), _cities("""
        Bengaluru | IN-KA | Karnataka | 12.97 | 77.59
        Mumbai | IN-MH | Maharashtra | 19.08 | 72.88
        New Delhi | IN-DL | Delhi | 28.61 | 77.21""")),
    Country("SG", "Singapore", _APAC, _T_APAC, "USD", 3, 8, "chinese", _FREE_PHONE, ("Pte. Ltd.",), _cities("""
        Singapore | | | 1.35 | 103.82""")),
    Country("BR", "Brazil", _LATAM, _T_LATAM, "BRL", 6, -3, "portuguese", _FREE_PHONE, ("Ltda.", "S.A."), _cities("""
        São Paulo | BR-SP | São Paulo | -23.55 | -46.63
        Rio de Janeiro | BR-RJ | Rio de Janeiro | -22.91 | -43.17
        Curitiba | BR-PR | Paraná | -25.43 | -49.27""")),
    Country("MX", "Mexico", _LATAM, _T_LATAM, "MXN", 4, -6, "spanish", _FREE_PHONE, ("S.A. de C.V.",), _cities("""
        Ciudad de México | MX-CMX | Ciudad de México | 19.43 | -99.13
        Monterrey | MX-NLE | Nuevo León | 25.69 | -100.32
        Guadalajara | MX-JAL | Jalisco | 20.66 | -103.35""")),
    Country("CL", "Chile", _LATAM, _T_LATAM, "USD", 2, -4, "spanish", _FREE_PHONE, ("SpA",), _cities("""
        Santiago | CL-RM | Metropolitana de Santiago | -33.45 | -70.67""")),
)  # fmt: skip


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

"""Names of firms, made from lists of words; no two are alike."""

from __future__ import annotations

from math import gcd

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_data.demo.names import ascii_form, take
from crm_data.demo.places import COUNTRIES
from crm_data.demo.seasons import Integers

# What a firm of each industry calls its trade.
TRADES = {
    "Manufacturing": "Precision Metalworks Castings Robotics Tooling Polymers Textiles Instruments",
    "Healthcare": "Clinics Diagnostics Medical Dental Pharma Care Optics",
    "Retail": "Stores Markets Outfitters Furnishings Grocers Bazaar Books",
    "Financial services": "Capital Insurance Savings Payments Advisory Leasing",
    "Logistics": "Freight Shipping Cargo Couriers Warehousing Lines",
    "Technology": "Software Systems Data Networks Devices Labs Cloud",
    "Construction": "Builders Timber Roofing Bridgeworks Interiors Concrete",
    "Energy": "Power Solar Windworks Grid Hydro",
    "Hospitality": "Hotels Kitchens Breweries Bakeries Travel",
    "Education": "Academy College Tutors Press",
}
PUBLIC = "Public administration"
_BODIES = "Council University Hospital Waterworks Harbour Library Transit Registry Airport School".split()
_FIRST = """
Amber Arctic Atlas Beacon Birch Blue Bold Bright Bronze Calm Canyon Cedar Clear Cobalt Copper Coral
Crimson Crystal Delta Dune Eastern Echo Elder Ember Fern Field Flint Forest Frost Garnet Glacier Golden
Granite Green Harbour Hazel Heron High Indigo Inland Iron Island Ivory Jade Juniper Kestrel Lake Lantern
Laurel Linden Lunar Maple Marble Meadow Meridian Mistral Moss Noble Northern Nova Oak Ocean Olive Onyx
Opal Orchard Osprey Pacific Pearl Pebble Pine Plain Polar Prairie Quartz Quiet Raven Red River Rowan
Royal Ruby Saffron Sage Sand Sapphire Scarlet Sequoia Silver Solar Southern Spruce Stone Summit Swift
Tall Teal Tern Thistle Tidal Topaz Umber Upland Valley Velvet Verdant Violet Walnut Western White Wild
Willow Winter Wren Zenith
""".split()
_SECOND = """
Acorn Anchor Anvil Arch Arrow Aster Badger Barrel Basin Bay Bell Bluff Branch Bridge Brook Canal Cape
Castle Cliff Clover Coast Cove Crane Creek Crest Crown Dale Dawn Delta Dock Drift Eagle Elm Falcon Falls
Farm Fjord Ford Fox Gable Gate Glade Glen Grove Gull Haven Hawk Heath Hill Hollow Horizon Isle Key Knoll
Lagoon Landing Lark Ledge Lighthouse Lodge Loom Lynx Manor Marsh Mesa Mill Moor Mountain Narrows Nest
Oasis Otter Owl Pass Path Peak Pier Plateau Point Pond Port Quarry Quay Rapids Reef Ridge Rock Rose Sail
Shore Sky Spire Spring Square Star Steppe Stream Sun Terrace Tower Trail Vale Vista Wave Well Wharf Wheel
Wolf Wood
""".split()

# Harmless names that break careless programs. The first accounts bear them.
TRICKY = (
    "O'Malley & Daughters Ltd",
    'The "Quoted" Bakery Inc.',
    "Ångström & Søn AB",
    "شركة النور للتجارة",
    "株式会社みらい技研",
    "+Plus Design AG",
    "<Bracket> Labs LLC",
    "Łódź; Comma, Semicolon Sp. z o.o.",
    "R&D 100% *Pure* _Research_ GmbH",
    "בית הדפוס הישן",
)


def companies(rng: np.random.Generator, country: Integers, public: np.ndarray) -> pd.DataFrame:
    """name, domain and industry of firms in the countries at these positions."""
    trades = [(word, industry) for industry, words in TRADES.items() for word in words.split()]
    trades += [(word, PUBLIC) for word in _BODIES]
    private_count = len(trades) - len(_BODIES)
    trade = np.where(
        public,
        rng.integers(private_count, len(trades), len(country)),
        rng.integers(0, private_count, len(country)),
    )
    first, second, generation = _combination(trade, len(trades), int(rng.integers(0, 10_000)))
    names = pc.binary_join_element_wise(
        take(_FIRST, first), take(_SECOND, second), take([word for word, _ in trades], trade), generation,
        _legal_form(rng, country, public), " ", null_handling="skip",
    )  # fmt: skip
    slugs = pc.binary_join_element_wise(
        take([ascii_form(word) for word in _FIRST], first),
        take([ascii_form(word) for word in _SECOND], second),
        take([ascii_form(word) for word, _ in trades], trade),
        generation, "-", null_handling="skip",
    )  # fmt: skip
    industries = [*TRADES, PUBLIC]
    of_trade = np.array([industries.index(industry) for _, industry in trades])
    return pd.DataFrame(
        {
            "company": names.to_pandas(),
            "domain": pc.binary_join_element_wise(slugs, "example", ".").to_pandas(),
            "industry": pd.Categorical.from_codes(of_trade[trade], industries),
        }
    )


def _combination(trade: Integers, trades: int, shift: int) -> tuple[Integers, Integers, pa.Array]:
    """Two words for each firm, never the same two twice within a trade; after that, with a number."""
    space = len(_FIRST) * len(_SECOND)
    stride = next(number for number in range(4_999, space) if gcd(number, space) == 1)
    running = _running_number(trade, trades)
    code = (running * stride + shift + trade * 331) % space
    round_number = running // space + 1
    generation = pa.array(round_number.astype(str), mask=round_number == 1)
    return code // len(_SECOND), code % len(_SECOND), generation


def _running_number(group: Integers, groups: int) -> Integers:
    """0, 1, 2 … within each group."""
    order = np.argsort(group, kind="stable")
    sizes = np.bincount(group, minlength=groups)
    firsts = np.repeat(np.cumsum(sizes) - sizes, sizes)
    numbers = np.empty(len(group), np.int64)
    numbers[order] = np.arange(len(group)) - firsts
    return numbers


def _legal_form(rng: np.random.Generator, country: Integers, public: np.ndarray) -> pa.Array:
    forms = [form for place in COUNTRIES for form in place.legal_forms]
    count = np.array([len(place.legal_forms) for place in COUNTRIES])
    first = np.cumsum(count) - count
    picked = first[country] + (rng.random(len(country)) ** 1.5 * count[country]).astype(np.int64)
    return pa.array(forms).take(pa.array(picked, mask=public))

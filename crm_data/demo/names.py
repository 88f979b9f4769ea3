"""Names of people, from small lists of many cultures. Any likeness is chance; every address is reserved."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from crm_data.demo.seasons import Integers

# Where letters are not Latin, the spelling for an address follows a colon.
_GIVEN_NAMES = {
    "english": """
        Ava Noah Zoë Liam Maya Owen Grace Ethan Chloë Caleb Ruby Isaac Hazel Jonah Naomi Felix
        Imani Desmond""",
    "german": """
        Jürgen Anke Sönke Käthe Lukas Merle Björn Heike Matthias Ilse Tjark Frauke Rüdiger Nele
        Joost Femke""",
    "nordic": "Åsa Göran Linnéa Håkan Saga Øystein Maj Søren Tuva Leif Ylva Elof",
    "french": "Amélie Étienne Chloé Loïc Océane Thibault Maëlle François Hélène Anaïs Gaël Noémie",
    "slavic": """
        Łukasz Żaneta Jiří Božena Mirosław Agnieszka Dušan Ľubica Zdzisław Kinga Ondřej
        Małgorzata""",
    "spanish": "José Íñigo Begoña Matías Núria Andrés Ximena Joaquín Lucía Ángel Inés Ramón Sofía Nicolás",
    "portuguese": "João Antônia Luís Conceição Thiago Letícia Caíque Flávia Raíssa Otávio Inês Vinícius",
    "arabic": "ليلى:layla يوسف:yousef نور:noor سامر:samer Amira Khalid هدى:huda Tariq Salma عمر:omar",
    "african": "Thandiwe Sipho Nomvula Kagiso Lerato Bongani Zanele Themba Naledi Kwame",
    "japanese": "葵:aoi 陽翔:haruto さくら:sakura 蓮:ren Yuki Hiroshi 結衣:yui 大輔:daisuke Naomi Kenji",
    "chinese": "伟:wei 芳:fang 秀英:xiuying Mei Jun 丽:li Hui 敏:min Xin 军:jun",
    "indian": "Aarav Priya देव:dev Ananya Vikram लीला:leela Rohan Kavitha Arjun மீனா:meena Sanjay Ishani",
}
_FAMILY_NAMES = {
    "english": """
        Ashdown Birchwood Calloway Dunmore Ellery Fairbanks Greyson Hollis O'Brien Kingsley
        Lockhart MacAllister Okafor Pemberton Quill Redfern Stanhope Thorne Whitlock D'Arcy""",
    "german": """
        Müllner Grünfeld Schäferling Weißbach Köhlbrandt Überall Vandenberg Hölderich Straßer
        Brückmann Lindqvist Achterberg Dreßler Zierold Nachtigall""",
    "nordic": "Ångström Sjöberg Lindström Bergqvist Hallgren Öberg Nyström Dahlgård Högberg Västberg",
    "french": """
        Lefèvre Beauséjour Châtelain Montclair Duchêne Garçonnet Laforêt Vaillancourt Périgord
        Desprès""",
    "slavic": """
        Wójtowicz Brzęczek Kowalczewski Dvořáček Świątek Żurawski Novotnik Šimůnek Gałązka
        Zieliński""",
    "spanish": """
        Muñoz Ibáñez Peñalver Castaño Güell Montenegro Sepúlveda Araújo Zúñiga Carreño
        Villaseñor Etxeberria""",
    "portuguese": "Gonçalves Conceição Magalhães Araújo Brandão Nóbrega Simões Falcão Guimarães Leitão",
    "arabic": """
        الحداد:alhaddad النجار:alnajjar Al-Farsi Mansour خوري:khoury Al-Khatib Darwish
        البستاني:albustani""",
    "african": "Dlaminiza Mokwena Ndlovuka Khumalisa Molefeng Sitholeni Vanderwalt Mbekeni Nkosana",
    "japanese": "佐藤:sato 高橋:takahashi Tanabe 山口:yamaguchi Kobayashi 中村:nakamura Ishikawa 森:mori",
    "chinese": "李:li 王:wang 陈:chen Tan Lim 黄:huang Ong 林:lin Goh 张:zhang",
    "indian": """
        Ramanathan Deshpande Chatterjee Iyengar Kulkarni Banerjee Nair Srinivasan Bhattacharya
        Malhotra""",
}


def ascii_form(word: str) -> str:
    """Lower-case letters and digits only, for addresses."""
    word = word.translate(str.maketrans("łŁøØßđ", "lLoOsd"))
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def _entries(lists: dict[str, str]) -> tuple[list[str], list[str], dict[str, tuple[int, int]]]:
    """All words, their spellings for addresses, and where each culture's begin and how many they are."""
    words: list[str] = []
    slugs: list[str] = []
    where: dict[str, tuple[int, int]] = {}
    for culture, names in lists.items():
        entries = [entry.partition(":") for entry in names.split()]
        where[culture] = (len(words), len(entries))
        words += [word for word, _, _ in entries]
        slugs += [slug or ascii_form(word) for word, _, slug in entries]
    return words, slugs, where


_GIVEN, _GIVEN_SLUGS, _GIVEN_AT = _entries(_GIVEN_NAMES)
_FAMILY, _FAMILY_SLUGS, _FAMILY_AT = _entries(_FAMILY_NAMES)
CULTURES = tuple(_GIVEN_NAMES)


def people(rng: np.random.Generator, culture: Integers) -> pd.DataFrame:
    """first_name, last_name and slug (for an address) of people of the cultures at these positions."""
    given, family = _pick(rng, culture, _GIVEN_AT), _pick(rng, culture, _FAMILY_AT)
    slugs = take(_GIVEN_SLUGS, given), take(_FAMILY_SLUGS, family)
    return pd.DataFrame(
        {
            "first_name": take(_GIVEN, given).to_pandas(),
            "last_name": take(_FAMILY, family).to_pandas(),
            "slug": pc.binary_join_element_wise(*slugs, ".").to_pandas(),
        }
    )


def _pick(rng: np.random.Generator, culture: Integers, where: dict[str, tuple[int, int]]) -> Integers:
    first, count = np.array(list(where.values())).T
    return first[culture] + rng.integers(0, count[culture])


def take(words: list[str], positions: Integers) -> pa.Array:
    """The words at these positions."""
    return pa.array(words).take(pa.array(positions))


def phones(rng: np.random.Generator, patterns: tuple[str, ...], pattern: Integers) -> pd.Series:
    """Numbers from ranges that are kept free for fiction; # in a pattern stands for any digit."""
    numbers = [_numbers(text) for text in patterns]
    size = np.array([len(made) for made in numbers])
    first = np.cumsum(size) - size
    picked = first[pattern] + rng.integers(0, 10_000, len(pattern)) % size[pattern]
    return take([number for made in numbers for number in made], picked).to_pandas()


@cache
def _numbers(pattern: str) -> list[str]:
    """Every number that the pattern allows."""
    digits = pattern.count("#")
    template = pattern.replace("#", "{}")
    return [template.format(*f"{number:0{digits}d}") for number in range(10**digits)]


def join(*parts: pa.Array | pd.Series | np.ndarray, by: str = "") -> pd.Series:
    """Texts put together, row by row; empty where a part is."""
    texts = [pa.array(part, from_pandas=True) for part in parts]
    texts = [text.combine_chunks() if isinstance(text, pa.ChunkedArray) else text for text in texts]
    return pc.binary_join_element_wise(
        *(text.cast(pa.large_string()) for text in texts), pa.scalar(by, pa.large_string())
    ).to_pandas()

"""Writes the demo town: invented people of 見本市 as ordinary import files.

The same seed gives the same files, byte for byte; the people whose cards the simulator holds are
taken from their persona files. Run ``python -m launcher.town_builder`` after changing anything.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from cardsim.persona import Persona, load_personas
from launcher.town_names import MEN, SURNAMES, TOWNS, WOMEN

SEED = 990019
HOUSEHOLDS = 120
FIRST_GENERATED = 101
"""Resident ids from here on are nobody's card."""
TOWN_FOLDER = Path(__file__).parent / "town"
PREFECTURE, CITY = "見本県", "見本市"
OFFICER = "職員0012"

QUAKE = ("R08-01", "令和8年見本地震", date(2026, 10, 3))
TYPHOON = ("R08-02", "令和8年台風第19号", date(2026, 9, 14))
CLASSES = (
    "全壊",
    "大規模半壊",
    "中規模半壊",
    "半壊",
    "準半壊",
    "準半壊に至らない（一部損壊）",
)

RESIDENT = "0000000001"
SEVERAL_HOUSEHOLDS = "0000000002"
UNDER_15 = "0000000008"
MOVED_OUT = "0000000009"
PROTECTED = "0000000010"
VARIANT_KANJI = "0000000012"
LARGE_HOUSEHOLD = "0000000013"

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented resident."""

    resident_id: str
    name: str
    kana: str
    birth_date: date
    sex: str
    relation: str
    status: str = "住民"


@dataclass(frozen=True, slots=True)
class Home:
    """One household and where it lives; the first member is the householder."""

    number: int
    town: str
    lot: str
    building: str
    members: tuple[Person, ...]

    @property
    def household_no(self) -> str:
        """世帯番号."""
        return f"{self.number:010d}"

    @property
    def address(self) -> str:
        """The address in one line."""
        line = f"{PREFECTURE}{CITY}{self.town}{self.lot}"
        return f"{line}　{self.building}" if self.building else line


@dataclass(slots=True)
class _Tables:
    residents: list[Sequence[str]] = field(default_factory=list)
    protections: list[Sequence[str]] = field(default_factory=list)
    households: list[Sequence[str]] = field(default_factory=list)
    members: list[Sequence[str]] = field(default_factory=list)
    houses: list[Sequence[str]] = field(default_factory=list)
    determinations: list[Sequence[str]] = field(default_factory=list)
    holds: list[Sequence[str]] = field(default_factory=list)


def build_town() -> dict[str, bytes]:
    """Return the town's files: name → UTF-8 bytes."""
    random = Random(SEED)  # noqa: S311 - invented people, not keys
    tables = _Tables()
    homes = [*_persona_homes(random), *_generated_homes(random)]
    for home in homes:
        _register(tables, home)
        for disaster, outcome in _cases(home, random):
            _damage(tables, home, disaster, outcome, random)
    return {
        "residents.csv": _csv(_RESIDENT_ITEMS, tables.residents),
        "protections.csv": _csv(_PROTECTION_ITEMS, tables.protections),
        "disasters.csv": _csv(
            ("災害番号", "災害名", "発生年月日"),
            [(number, name, str(day)) for number, name, day in (QUAKE, TYPHOON)],
        ),
        "victim_households.csv": _csv(_HOUSEHOLD_ITEMS, tables.households),
        "household_members.csv": _csv(_MEMBER_ITEMS, tables.members),
        "damaged_houses.csv": _csv(_HOUSE_ITEMS, tables.houses),
        "determinations.csv": _csv(_DETERMINATION_ITEMS, tables.determinations),
        "holds.csv": _csv(_HOLD_ITEMS, tables.holds),
    }


def write_town(folder: Path = TOWN_FOLDER) -> None:
    """Write the files of the town into ``folder``."""
    folder.mkdir(exist_ok=True)
    for name, data in build_town().items():
        (folder / name).write_bytes(data)


_RESIDENT_ITEMS = (
    "宛名番号",
    "世帯番号",
    "住民状態",
    "氏名",
    "氏名_フリガナ",
    "生年月日",
    "性別",
    "続柄表記",
    "住所_都道府県",
    "住所_市区郡町村名",
    "住所_町字",
    "住所_番地号表記",
    "住所_方書",
    "履歴番号",
)
_PROTECTION_ITEMS = (
    "宛名番号",
    "履歴番号",
    "支援措置区分",
    "支援措置開始年月日",
    "支援措置終了年月日",
)
_HOUSEHOLD_ITEMS = ("災害番号", "被災世帯番号", "世帯番号", "世帯主氏名", "世帯主住所")
_MEMBER_ITEMS = ("被災世帯番号", "被災者番号", "宛名番号", "氏名", "続柄表記", "表示順")
_HOUSE_ITEMS = (
    "被災住家番号",
    "災害番号",
    "家屋番号",
    "被災世帯番号",
    "罹災年月日",
    "被災住家の所在地",
    "申請状態",
)
_DETERMINATION_ITEMS = (
    "被災住家番号",
    "調査回",
    "被害の程度",
    "判定年月日",
    "確定",
    "コンビニ交付承認者",
    "コンビニ交付承認年月日",
)
_HOLD_ITEMS = ("被災住家番号", "保留番号", "保留区分", "保留開始年月日", "保留終了年月日")


def _persona_homes(random: Random) -> Iterator[Home]:
    """Yield the households of the card holders, the children inside those of their parents."""
    people = {persona.resident_id: persona for persona in load_personas()}
    children = {RESIDENT: [people[UNDER_15]]}
    heads = [persona for persona in people.values() if persona.resident_id != UNDER_15]
    for number, persona in enumerate(sorted(heads, key=lambda one: one.resident_id), start=1):
        town, lot = _split_address(persona.address)
        members = [_from_persona(persona, "世帯主")]
        members += [_from_persona(child, "子") for child in children.get(persona.resident_id, ())]
        wanted = 9 if persona.resident_id == LARGE_HOUSEHOLD else len(members)
        surname, surname_kana = persona.name.split("　")[0], members[0].kana.split("　")[0]
        for extra in range(wanted - len(members)):
            members.append(
                _relative(random, surname, surname_kana, f"{50 + extra:010d}", member=extra + 1)
            )
        yield Home(number, town, lot, "", tuple(members))


def _from_persona(persona: Persona, relation: str) -> Person:
    return Person(
        resident_id=persona.resident_id,
        name=persona.name,
        kana=_katakana(persona.kana),
        birth_date=persona.birth_date,
        sex=persona.sex,
        relation=relation,
        status="転出" if persona.resident_id == MOVED_OUT else "住民",
    )


def _generated_homes(random: Random) -> Iterator[Home]:
    next_id = FIRST_GENERATED
    for number in range(FIRST_GENERATED, FIRST_GENERATED + HOUSEHOLDS - 12):
        surname, surname_kana = random.choice(SURNAMES)
        size = random.choices((1, 2, 3, 4, 5), weights=(30, 28, 18, 16, 8))[0]
        members = []
        for member in range(size):
            members.append(
                _relative(random, surname, surname_kana, f"{next_id:010d}", member=member)
            )
            next_id += 1
        lot = f"{random.randint(1, 20)}番{random.randint(1, 15)}号".translate(_FULL_WIDTH)
        building = ""
        if random.random() < 0.2:
            room = random.randint(101, 405)
            building = f"見本ハイツ{room}号室".translate(_FULL_WIDTH)
        yield Home(number, random.choice(TOWNS), lot, building, tuple(members))


def _relative(
    random: Random, surname: str, surname_kana: str, resident_id: str, *, member: int
) -> Person:
    """Return the ``member``-th person of a household: householder, spouse, children."""
    is_woman = member == 1 or (member != 0 and random.random() < 0.5)
    given, given_kana = random.choice(WOMEN if is_woman else MEN)
    youngest, oldest = ((30, 85), (28, 80))[member] if member < 2 else (0, 27)
    born = date(2026, 4, 1) - timedelta(days=random.randint(youngest * 365, oldest * 365))
    return Person(
        resident_id=resident_id,
        name=f"{surname}　{given}",
        kana=f"{surname_kana}　{given_kana}",
        birth_date=born,
        sex="2" if is_woman else "1",
        relation=("世帯主", "妻")[member] if member < 2 else "子",
    )


def _cases(home: Home, random: Random) -> list[tuple[tuple[str, str, date], str]]:
    head = home.members[0].resident_id
    if head == RESIDENT:
        return [(QUAKE, "半壊")]
    if head == SEVERAL_HOUSEHOLDS:
        return [(QUAKE, "大規模半壊"), (TYPHOON, "準半壊")]
    disaster = QUAKE if random.random() < 0.75 else TYPHOON
    outcome = random.choices((*CLASSES, "無被害"), weights=(6, 8, 12, 20, 24, 28, 2))[0]
    if home.number < FIRST_GENERATED:
        return [(disaster, CLASSES[home.number % len(CLASSES)])]
    return [(disaster, outcome)] if random.random() < 0.85 else []


def _register(tables: _Tables, home: Home) -> None:
    for person in home.members:
        tables.residents.append(
            (
                person.resident_id,
                home.household_no,
                person.status,
                person.name,
                person.kana,
                str(person.birth_date),
                person.sex,
                person.relation,
                PREFECTURE,
                CITY,
                home.town,
                home.lot,
                home.building,
                "1",
            )
        )
        if person.resident_id == PROTECTED:
            tables.protections.append((person.resident_id, "1", "DV", "2026-04-01", ""))


def _damage(
    tables: _Tables,
    home: Home,
    disaster: tuple[str, str, date],
    outcome: str,
    random: Random,
) -> None:
    disaster_id, _name, day = disaster
    household_id = f"{disaster_id}-S{home.number:04d}"
    house_id = f"{disaster_id}-J{home.number:04d}"
    head = home.members[0]
    tables.households.append(
        (disaster_id, household_id, home.household_no, head.name, home.address)
    )
    for position, person in enumerate(home.members, start=1):
        tables.members.append(
            (
                household_id,
                f"V{person.resident_id}",
                person.resident_id,
                person.name,
                person.relation,
                str(position),
            )
        )
    is_card_holder = home.number < FIRST_GENERATED
    accepted = is_card_holder or random.random() < 0.92
    tables.houses.append(
        (
            house_id,
            disaster_id,
            f"K{home.number:05d}",
            household_id,
            str(day),
            home.address,
            "受理" if accepted else "受付",
        )
    )
    if not accepted:
        return
    decided = day + timedelta(days=random.randint(12, 30))
    approved = is_card_holder or random.random() < 0.9
    approval = (OFFICER, str(decided + timedelta(days=1))) if approved else ("", "")
    tables.determinations.append((house_id, "1", outcome, str(decided), "1", *approval))
    if not is_card_holder and random.random() < 0.05:
        tables.holds.append((house_id, "1", "再調査", str(decided + timedelta(days=2)), ""))


def _split_address(address: str) -> tuple[str, str]:
    """Return town and lot of a full address: the lot begins with the first full-width digit."""
    rest = address.removeprefix(PREFECTURE + CITY)
    for place, character in enumerate(rest):
        if "０" <= character <= "９":
            return rest[:place], rest[place:]
    return rest, ""


def _katakana(kana: str) -> str:
    return "".join(chr(ord(one) + 0x60) if "ぁ" <= one <= "ゖ" else one for one in kana)


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    write_town()

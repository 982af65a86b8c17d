"""The files of the CSV link (pattern B), with the item names of the standard where it has them.

Version 1. The official interface of the shared system is not published, so this layout is ours.
Source: [DOMAIN 6.1]. Every date is a day in Japan.
"""

from collections.abc import Callable
from datetime import date

from issuance.damage.model import (
    ApplicationState,
    DamagedHouse,
    DamageOutcome,
    Determination,
    Hold,
    HoldKind,
)
from issuance.linkage.cells import (
    read_date,
    read_flag,
    read_hexadecimal,
    read_number,
    read_one_of,
    read_text,
)
from issuance.linkage.model import Column, Layout
from issuance.residents.model import (
    Address,
    CertificateLink,
    LinkMedium,
    Protection,
    Resident,
    ResidentStatus,
    Sex,
)
from issuance.victims.model import Disaster, VictimHousehold, VictimMember

VERSION = 1
FORBIDDEN_ITEMS = frozenset({"個人番号"})
"""Items that must not even be delivered: certificates are issued without My Number."""

STATUS_WORDS = {
    "住民": ResidentStatus.ACTIVE,
    "転出予定": ResidentStatus.MOVING_OUT,
    "転出": ResidentStatus.MOVED_OUT,
    "死亡": ResidentStatus.DEAD,
    "職権消除": ResidentStatus.ERASED,
}
OUTCOME_WORDS = {
    "全壊": DamageOutcome.TOTAL,
    "大規模半壊": DamageOutcome.LARGE_HALF,
    "中規模半壊": DamageOutcome.MEDIUM_HALF,
    "半壊": DamageOutcome.HALF,
    "準半壊": DamageOutcome.QUASI_HALF,
    "準半壊に至らない（一部損壊）": DamageOutcome.PARTIAL,
    "無被害": DamageOutcome.NONE,
    "判定不能": DamageOutcome.UNDETERMINED,
}
APPLICATION_WORDS = {
    "受付": ApplicationState.RECEIVED,
    "受理": ApplicationState.ACCEPTED,
    "取下げ": ApplicationState.WITHDRAWN,
    "却下": ApplicationState.REJECTED,
}
HOLD_WORDS = {
    "訂正": HoldKind.CORRECTION,
    "再調査": HoldKind.RESURVEY,
    "取消": HoldKind.REVOCATION,
}
MEDIUM_WORDS = {"個人番号カード用": LinkMedium.CARD, "移動端末設備用": LinkMedium.PHONE}
SEX_WORDS = {"1": Sex.MALE, "2": Sex.FEMALE, "3": Sex.OTHER}


def _optional(item: str, read: Callable[[str], object] = read_text) -> Column:
    return Column(item, read, is_required=False)


def _resident(
    resident_id: str,
    household_no: str,
    status: ResidentStatus,
    name: str,
    name_kana: str,
    birth_date: date,
    sex: Sex | None,
    relation: str,
    prefecture: str,
    city: str,
    town: str,
    lot: str,
    building: str | None,
    history_no: int,
) -> Resident:
    return Resident(
        resident_id,
        household_no,
        status,
        name,
        name_kana,
        birth_date,
        sex or Sex.UNKNOWN,
        relation,
        Address(prefecture, city, town, lot, building or ""),
        history_no,
    )


def _link(
    issuer_key_id: bytes,
    serial: bytes,
    resident_id: str,
    medium: LinkMedium,
    valid_from: date,
    valid_to: date,
    source: str,
) -> CertificateLink:
    number = int.from_bytes(serial, "big")
    return CertificateLink(issuer_key_id, number, resident_id, medium, valid_from, valid_to, source)


def _household(
    disaster_id: str, household_id: str, register_no: str, name: str, address: str
) -> VictimHousehold:
    return VictimHousehold(disaster_id, household_id, register_no, name, address)


def _member(
    household_id: str,
    person_id: str,
    resident_id: str | None,
    name: str,
    relation: str,
    position: int,
) -> tuple[str, VictimMember]:
    return household_id, VictimMember(person_id, resident_id, name, relation, position)


RESIDENTS = Layout(
    "residents.csv",
    VERSION,
    (
        Column("宛名番号", read_text),
        Column("世帯番号", read_text),
        Column("住民状態", read_one_of(STATUS_WORDS)),
        Column("氏名", read_text),
        Column("氏名_フリガナ", read_text),
        Column("生年月日", read_date),
        _optional("性別", read_one_of(SEX_WORDS)),
        Column("続柄表記", read_text),
        Column("住所_都道府県", read_text),
        Column("住所_市区郡町村名", read_text),
        Column("住所_町字", read_text),
        Column("住所_番地号表記", read_text),
        _optional("住所_方書"),
        Column("履歴番号", read_number),
    ),
    _resident,
    ("宛名番号",),
)
CERTIFICATE_LINKS = Layout(
    "certificate_links.csv",
    VERSION,
    (
        Column("発行者鍵識別子", read_hexadecimal(most_bytes=32)),
        Column("シリアル番号", read_hexadecimal(most_bytes=20)),
        Column("宛名番号", read_text),
        Column("媒体", read_one_of(MEDIUM_WORDS)),
        Column("有効期間_開始年月日", read_date),
        Column("有効期間_終了年月日", read_date),
        Column("連携元", read_text),
    ),
    _link,
    ("発行者鍵識別子", "シリアル番号"),
    references=(("宛名番号", "residents.csv"),),
)
PROTECTIONS = Layout(
    "protections.csv",
    VERSION,
    (
        Column("宛名番号", read_text),
        Column("履歴番号", read_number),
        Column("支援措置区分", read_text),
        Column("支援措置開始年月日", read_date),
        _optional("支援措置終了年月日", read_date),
    ),
    Protection,
    ("宛名番号", "履歴番号"),
)
DISASTERS = Layout(
    "disasters.csv",
    VERSION,
    (
        Column("災害番号", read_text),
        Column("災害名", read_text),
        Column("発生年月日", read_date),
    ),
    Disaster,
    ("災害番号",),
)
HOUSEHOLDS = Layout(
    "victim_households.csv",
    VERSION,
    (
        Column("災害番号", read_text),
        Column("被災世帯番号", read_text),
        Column("世帯番号", read_text),
        Column("世帯主氏名", read_text),
        Column("世帯主住所", read_text),
    ),
    _household,
    ("被災世帯番号",),
    references=(("災害番号", "disasters.csv"),),
)
MEMBERS = Layout(
    "household_members.csv",
    VERSION,
    (
        Column("被災世帯番号", read_text),
        Column("被災者番号", read_text),
        _optional("宛名番号"),
        Column("氏名", read_text),
        Column("続柄表記", read_text),
        Column("表示順", read_number),
    ),
    _member,
    ("被災世帯番号", "被災者番号"),
    references=(("被災世帯番号", "victim_households.csv"),),
)
HOUSES = Layout(
    "damaged_houses.csv",
    VERSION,
    (
        Column("被災住家番号", read_text),
        Column("災害番号", read_text),
        Column("家屋番号", read_text),
        Column("被災世帯番号", read_text),
        Column("罹災年月日", read_date),
        Column("被災住家の所在地", read_text),
        Column("申請状態", read_one_of(APPLICATION_WORDS)),
    ),
    DamagedHouse,
    ("被災住家番号",),
    references=(("被災世帯番号", "victim_households.csv"), ("災害番号", "disasters.csv")),
)
DETERMINATIONS = Layout(
    "determinations.csv",
    VERSION,
    (
        Column("被災住家番号", read_text),
        Column("調査回", read_number),
        Column("被害の程度", read_one_of(OUTCOME_WORDS)),
        Column("判定年月日", read_date),
        Column("確定", read_flag),
        _optional("コンビニ交付承認者"),
        _optional("コンビニ交付承認年月日", read_date),
    ),
    Determination,
    ("被災住家番号", "調査回"),
    references=(("被災住家番号", "damaged_houses.csv"),),
)
HOLDS = Layout(
    "holds.csv",
    VERSION,
    (
        Column("被災住家番号", read_text),
        Column("保留番号", read_number),
        Column("保留区分", read_one_of(HOLD_WORDS)),
        Column("保留開始年月日", read_date),
        _optional("保留終了年月日", read_date),
    ),
    Hold,
    ("被災住家番号", "保留番号"),
    references=(("被災住家番号", "damaged_houses.csv"),),
)

LAYOUTS = (
    RESIDENTS,
    CERTIFICATE_LINKS,
    PROTECTIONS,
    DISASTERS,
    HOUSEHOLDS,
    MEMBERS,
    HOUSES,
    DETERMINATIONS,
    HOLDS,
)
"""In the order in which they are stored: what is referred to comes first."""

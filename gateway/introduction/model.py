"""Words of the introduction (導入): patterns, services, tasks, documents and their states."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Pattern(StrEnum):
    """How a municipality uses the system (導入パターン)."""

    A1 = "A1"
    """A①: the cloud (BCL) and kiosk issue are in use already."""
    A2 = "A2"
    """A②: kiosk issue is in use, the cloud comes in for automatic linkage."""
    A3 = "A3"
    """A③: neither is in use; both come in."""
    B = "B"
    """B: kiosk issue without the cloud stays; residents come as CSV files by hand."""

    @property
    def uses_bcl(self) -> bool:
        """Whether resident data come over the cloud (自動連携)."""
        return self is not Pattern.B


class Service(StrEnum):
    """What the centre offers, each with an application and a contract of its own."""

    BCL = "bcl"
    """自治体基盤クラウドシステム."""
    KIOSK_ISSUE = "kiosk_issue"
    """証明書等自動交付サービス（コンビニ交付）."""
    VICTIM_SUPPORT = "victim_support"
    """クラウド型被災者支援システム."""


class Actor(StrEnum):
    """Who does a task."""

    MUNICIPALITY = "municipality"
    VENDOR = "vendor"
    """The municipality's resident-system vendor (住民情報システムベンダ)."""
    CENTRE = "centre"
    """地方公共団体情報システム機構."""


class Phase(StrEnum):
    """Parts of the schedule, in their order."""

    PREPARATION = "preparation"
    """事前."""
    APPLICATION = "application"
    """申込."""
    DESIGN = "design"
    """設計・構築."""
    TEST = "test"
    """試験."""
    START = "start"
    """サービス開始."""
    AFTER = "after"
    """事後."""


class DocumentKind(StrEnum):
    """Papers that go between municipality and centre."""

    MATERIAL_REQUEST = "material_request"
    """資料提供申込書; opens the account for the centre's library (BOS)."""
    CONFIDENTIALITY_PLEDGE = "confidentiality_pledge"
    """機密保持誓約書."""
    APPLICATION = "application"
    """参加申込・利用申込."""
    TERMS = "terms"
    """契約約款, sent by the centre about two months before."""
    AGREEMENT = "agreement"
    """合意書, made by the municipality until one month before."""
    ACCEPTANCE = "acceptance"
    """合意承諾書, sent by the centre."""


class DocumentState(StrEnum):
    """Where a paper stands."""

    NEEDED = "needed"
    """未着手."""
    DRAFTED = "drafted"
    """作成済."""
    SENT = "sent"
    """提出・送付済."""
    RETURNED = "returned"
    """差戻し."""
    SETTLED = "settled"
    """受理・受領済; nothing follows."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """One municipality on its way to the service."""

    municipality_code: str
    name: str
    pattern: Pattern
    start_on: date
    """The wanted first day of service."""
    uses_kiosk_issue: bool
    """Whether kiosk issue was in use before."""
    begun_at: datetime
    begun_by: str

"""Papers between municipality and centre: which, in which state, what may follow. Pure.

A paper goes NEEDED → DRAFTED → SENT → SETTLED; the other side may return it, a draft may be
withdrawn. For each service the papers follow one another:

    application (申込) → terms (約款) → agreement (合意書) → acceptance (合意承諾書)

Source: [MISSION 2] 導入手順①②③.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.errors import IntroductionError
from gateway.introduction.calendar import ONE_DAY, months_before, working_day_until
from gateway.introduction.model import (
    Actor,
    DocumentKind,
    DocumentState,
    Introduction,
    Pattern,
    Service,
)
from gateway.introduction.patterns import services_of

_TWO_WEEKS = timedelta(days=14)
S = DocumentState
LEGAL: dict[DocumentState, frozenset[DocumentState]] = {
    S.NEEDED: frozenset({S.DRAFTED}),
    S.DRAFTED: frozenset({S.SENT, S.NEEDED}),
    S.SENT: frozenset({S.SETTLED, S.RETURNED}),
    S.RETURNED: frozenset({S.DRAFTED}),
    S.SETTLED: frozenset(),
}
_CHAIN = (
    DocumentKind.APPLICATION,
    DocumentKind.TERMS,
    DocumentKind.AGREEMENT,
    DocumentKind.ACCEPTANCE,
)
_ACCOUNT = (DocumentKind.MATERIAL_REQUEST, DocumentKind.CONFIDENTIALITY_PLEDGE)
_BY_CENTRE = (DocumentKind.TERMS, DocumentKind.ACCEPTANCE)


@dataclass(frozen=True, slots=True)
class Document:
    """One paper that this introduction needs."""

    kind: DocumentKind
    service: Service | None
    """None: for the centre's account, not for a service."""

    @property
    def document_id(self) -> str:
        """Kind and service, such as ``application.bcl``."""
        return self.kind if self.service is None else f"{self.kind}.{self.service}"

    @property
    def author(self) -> Actor:
        """Who writes and sends it."""
        return Actor.CENTRE if self.kind in _BY_CENTRE else Actor.MUNICIPALITY

    @property
    def after(self) -> tuple[str, ...]:
        """Ids of the papers that must be settled before it is begun."""
        if self.service is None:
            return ()
        place = _CHAIN.index(self.kind)
        if place > 0:
            return (f"{_CHAIN[place - 1]}.{self.service}",)
        # Who has no kiosk issue asks for the account through which it applies.
        return tuple(_ACCOUNT) if self.service is Service.KIOSK_ISSUE else ()


def documents_for(pattern: Pattern, *, uses_kiosk_issue: bool) -> tuple[Document, ...]:
    """Return the papers that a municipality of that pattern needs, in their order."""
    account = () if uses_kiosk_issue else tuple(Document(kind, None) for kind in _ACCOUNT)
    services = services_of(pattern, uses_kiosk_issue=uses_kiosk_issue)
    return account + tuple(Document(kind, service) for kind in _CHAIN for service in services)


def check_move(
    document: Document,
    states: Mapping[str, DocumentState],
    wanted: DocumentState,
) -> None:
    """Refuse a step that is not legal now. Raises: IntroductionError saying what comes first."""
    current = states[document.document_id]
    if wanted not in LEGAL[current]:
        possible = ", ".join(sorted(LEGAL[current])) or "none"
        raise IntroductionError(
            f"{document.document_id} is {current.value}; it cannot become {wanted.value}. "
            f"Possible next: {possible}",
            f"{document.document_id} は {current.value} です。{wanted.value} にはできません。"
            f"次にできる状態: {possible}",
        )
    waiting = [one for one in document.after if states.get(one, S.SETTLED) is not S.SETTLED]
    if waiting:
        raise IntroductionError(
            f"{document.document_id} comes after {', '.join(waiting)}; settle these first",
            f"{document.document_id} の前に {', '.join(waiting)} を settled にしてください。",
        )


def due_day(document: Document, introduction: Introduction) -> date:
    """Return the working day by which the paper should be settled.

    Source: [MISSION 2] 導入手順③: terms about two months before, agreement until one month before.
    Assumption: acceptance half a month later; applications by the end of the fifth month before,
    the account for them two weeks after it began.
    """
    start = introduction.start_on
    match document.kind:
        case DocumentKind.MATERIAL_REQUEST | DocumentKind.CONFIDENTIALITY_PLEDGE:
            return working_day_until(months_before(start, 5) + _TWO_WEEKS)
        case DocumentKind.APPLICATION:
            return working_day_until(months_before(start, 4) - ONE_DAY)
        case DocumentKind.TERMS:
            return working_day_until(months_before(start, 2))
        case DocumentKind.AGREEMENT:
            return working_day_until(months_before(start, 1))
        case DocumentKind.ACCEPTANCE:
            middle = months_before(start, 1)
            return working_day_until(middle + (start - middle) // 2)

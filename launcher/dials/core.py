"""The dial ``core``: a municipality's system that is away, late, or makes mistakes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import httpx

from issuance.certificates.content import CertificateContent
from issuance.certificates.preparation import ManifestKey
from issuance.ports import DocumentPress, PressedDocument
from issuance.wire import api_paths
from issuance.wire.bodies import Manifest, PrepareAnswer, SignedManifest
from issuance.wire.recipes import MANIFEST_LABEL
from launcher.dials.board import one_of, seconds
from launcher.dials.lines import Break, Fault, WatchedLine, path_table
from launcher.dials.register import Register
from launcher.dials.signed_answers import signed_answer
from signed_http.keys import SigningKey

STEPS = path_table(
    {
        "resolve": ("POST", api_paths.RESOLVE),
        "quote": ("POST", api_paths.QUOTE),
        "prepare": ("POST", api_paths.PREPARE),
        "complete": ("POST", api_paths.COMPLETE),
        "abort": ("POST", api_paths.ABORT),
        "void": ("POST", api_paths.VOID),
        "order": ("GET", api_paths.ORDER),
    }
)
"""Every call of the gateway, by the name of its step."""


class PressBrokenError(Exception):
    """The press of a tester's town was told to fail."""


class FailingPress:
    """A press that may break, or print somebody else's certificate."""

    def __init__(self, press: DocumentPress) -> None:
        self._press = press
        self.is_broken = False
        self.mixes_up = False

    def check_printable(self, content: CertificateContent) -> None:
        """Refuse what cannot be shown."""
        self._press.check_printable(content)

    def count_pages(self, content: CertificateContent) -> int:
        """Return how many pages the document will have."""
        return self._press.count_pages(content)

    def press(
        self, content: CertificateContent, *, signed_at: datetime, is_test: bool = False
    ) -> PressedDocument:
        """Render and sign one document. Raises: PressBrokenError when it was told to."""
        if self.is_broken:
            raise PressBrokenError("the press was told to fail")
        pressed = self._press.press(content, signed_at=signed_at, is_test=is_test)
        if self.mixes_up:
            stranger = replace(pressed.subject, serial=pressed.subject.serial ^ 1)
            return replace(pressed, subject=stranger)
        return pressed


@dataclass(frozen=True, slots=True)
class CoreKeys:
    """The keys with which a core that goes wrong signs its mistakes."""

    manifest: ManifestKey
    response: SigningKey


class CoreKnob:
    """Breaks the line to the core, its press, or its register."""

    def __init__(
        self,
        line: WatchedLine,
        press: FailingPress,
        register: Register,
        keys: CoreKeys,
        now: Callable[[], datetime],
    ) -> None:
        self._line = line
        self._press = press
        self._register = register
        self._keys = keys
        self._now = now

    def turn(self, setting: str, argument: str) -> None:
        """Take a position; whatever was wrong before is mended first."""
        fault = self._fault(setting, argument)
        self._register.restore()
        self._line.before = lambda _step: None
        self._line.fault = fault
        self._press.is_broken = setting == "prepare_fails"
        self._press.mixes_up = setting == "mixed_press"
        if setting == "unprintable":
            self._register.make_unprintable()
        elif setting == "record_changed":
            self._line.before = self._correct_once

    def _fault(self, setting: str, argument: str) -> Fault | None:
        match setting:
            case "down":
                return Fault(Break.DOWN)
            case "slow":
                return Fault(Break.SLOW, seconds=seconds(argument))
            case "answer_lost":
                return Fault(Break.ANSWER_LOST, one_of(argument, tuple(STEPS)))
            case "other_person":
                return Fault(Break.CHANGED_ANSWER, "prepare", change=self._other_person)
            case "other_document":
                return Fault(Break.CHANGED_ANSWER, "prepare", change=self._other_document)
            case _:
                return None

    def _correct_once(self, step: str) -> None:
        """Let a clerk correct the register just before the documents are made."""
        if step == "prepare":
            self._line.before = lambda _step: None
            self._register.correct_every_house()

    def _other_person(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        stranger = sha256(b"somebody else").digest()
        return self._with_manifest(
            request, response, lambda manifest: manifest.model_copy(update={"bind": stranger})
        )

    def _other_document(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        def change(manifest: Manifest) -> Manifest:
            other = sha256(b"another document").digest()
            documents = tuple(
                document.model_copy(update={"pdf_digest": other}) for document in manifest.documents
            )
            return manifest.model_copy(update={"documents": documents})

        return self._with_manifest(request, response, change)

    def _with_manifest(
        self,
        request: httpx.Request,
        response: httpx.Response,
        change: Callable[[Manifest], Manifest],
    ) -> httpx.Response:
        """Return the core's answer with its manifest changed and signed anew by the core."""
        if not response.is_success:
            return response
        answer = PrepareAnswer.model_validate_json(response.content)
        manifest = change(Manifest.model_validate_json(answer.signed_manifest.manifest))
        data = manifest.model_dump_json().encode()
        key = self._keys.manifest
        signed = SignedManifest(
            manifest=data,
            key_id=key.key_id,
            signature=key.private_key.sign(MANIFEST_LABEL + data),
        )
        body = answer.model_copy(update={"signed_manifest": signed}).model_dump_json().encode()
        return signed_answer(
            request,
            response.status_code,
            body,
            media_type="application/json",
            key=self._keys.response,
            now=self._now,
        )

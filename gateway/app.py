"""Puts the gateway together; nothing else constructs its parts."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine

from gateway.core_client import CoreClient
from gateway.database import Worker, open_nonce_engine
from gateway.http.nonces import StoredNonces
from gateway.http.problems import problem_of
from gateway.http.routes import build_app
from gateway.participation.kiosks import KioskRegister
from gateway.participation.model import Municipality, Participation
from gateway.participation.rate import RateLimit
from gateway.sessions.answers import Answers
from gateway.sessions.conduct import CardVerifier, Conductor
from gateway.sessions.cores import Cores
from gateway.sessions.ending import Ending, released
from gateway.sessions.service import RateLimits, SessionService
from gateway.wire import api_paths
from gateway.wire.bodies import Environment
from gateway.wire.problem import PROBLEM_MEDIA_TYPE
from gateway.yearly.assumptions import DEFAULT_ASSUMPTIONS, Assumptions
from signed_http.client import SignedClient
from signed_http.errors import SignedHttpError
from signed_http.keys import SigningKey
from signed_http.server import App, Refusal, SignedMessages

OPEN_PATHS = ("/docs", "/openapi.json", api_paths.HEALTH, api_paths.ESTIMATE)
DEFAULT_LIMITS = RateLimits(
    per_kiosk=RateLimit(burst=30, interval=timedelta(seconds=2)),
    per_subject=RateLimit(burst=10, interval=timedelta(minutes=2)),
)
"""Assumption: a machine serves at most one person every few seconds over a day."""


@dataclass(frozen=True, slots=True)
class GatewayParts:
    """Everything a gateway needs from outside."""

    engine: Engine
    """A database that is at the newest schema already."""
    participation: Participation
    verifier: CardVerifier
    key: SigningKey
    """Signs answers to kiosks and requests to cores."""
    origin: str
    """Scheme, host and port under which kiosks know this gateway; under the card's signature."""
    environment: Environment
    core_http: Callable[[Municipality], httpx.AsyncClient]
    now: Callable[[], datetime]
    log: Any
    limits: RateLimits = DEFAULT_LIMITS
    assumptions: Assumptions = DEFAULT_ASSUMPTIONS
    """What estimates take where the source is silent."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway ready to serve."""

    worker: Worker
    cores: Cores
    conductor: Conductor
    ending: Ending
    app: App
    """The ASGI application, signature check included."""


def open_gateway(parts: GatewayParts) -> Gateway:
    """Return the gateway made of ``parts``."""
    worker = Worker(parts.engine)
    clients = {m.code: _core(parts, m) for m in parts.participation.municipalities}
    cores = Cores(worker, clients, parts.now)
    answers = Answers(
        worker,
        parts.now,
        make_again=lambda connection, call: released(connection, call, parts.environment),
    )
    conductor = Conductor(
        worker=worker,
        service=SessionService(parts.participation, parts.limits),
        verifier=parts.verifier,
        cores=cores,
        answers=answers,
        origin=parts.origin,
        environment=parts.environment,
        now=parts.now,
    )
    ending = Ending(worker, cores, answers, parts.environment, parts.now)
    register = KioskRegister(parts.engine, parts.participation.kiosks, parts.now)
    app = SignedMessages(
        build_app(
            conductor,
            ending,
            parts.participation,
            register,
            parts.log,
            assumptions=parts.assumptions,
        ),
        origin=parts.origin,
        key=parts.key,
        keys=register,
        nonces=StoredNonces(Worker(open_nonce_engine(parts.engine))),
        now=parts.now,
        refuse=lambda error: _refuse(error, parts.environment),
        open_paths=OPEN_PATHS,
    )
    return Gateway(worker, cores, conductor, ending, app)


def _core(parts: GatewayParts, municipality: Municipality) -> CoreClient:
    return CoreClient(
        SignedClient(
            parts.core_http(municipality),
            origin=municipality.core_origin,
            key=parts.key,
            server_keys={municipality.core_response_key_id: municipality.core_response_key},
            now=parts.now,
        )
    )


def _refuse(error: SignedHttpError, environment: Environment) -> Refusal:
    problem = problem_of(error, trace_id=secrets.token_hex(8), environment=environment)
    return Refusal(problem.status, PROBLEM_MEDIA_TYPE, problem.model_dump_json().encode())

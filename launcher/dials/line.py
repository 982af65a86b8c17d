"""The dial ``line``: between kiosk and gateway."""

import secrets
from collections.abc import Callable
from datetime import datetime

import httpx

from gateway.http.problems import problem_of
from gateway.wire import api_paths
from gateway.wire.bodies import Environment
from gateway.wire.problem import PROBLEM_MEDIA_TYPE
from launcher.dials.board import one_of, seconds
from launcher.dials.lines import Break, Fault, WatchedLine, path_table
from launcher.dials.signed_answers import signed_answer, with_wrong_signature
from signed_http.keys import SigningKey

STEPS = path_table(
    {
        "service": ("GET", api_paths.SERVICE),
        "status": ("GET", api_paths.SESSION),
        "open": ("POST", api_paths.SESSIONS),
        "proof": ("POST", api_paths.PROOF),
        "quote": ("POST", api_paths.QUOTE),
        "prepare": ("POST", api_paths.PREPARE),
        "payment": ("POST", api_paths.PAYMENT),
        "release": ("POST", api_paths.RELEASE),
        "prints": ("POST", api_paths.PRINTS),
        "complete": ("POST", api_paths.COMPLETE),
        "abort": ("POST", api_paths.ABORT),
        "void": ("POST", api_paths.VOID),
    }
)
"""Every call of a kiosk, by the name of its step."""


class _GatewayFailedError(Exception):
    """What the gateway's own table of problems does not know."""


class LineKnob:
    """Breaks the line, or lets the gateway fail behind it."""

    def __init__(
        self, line: WatchedLine, gateway_key: SigningKey, now: Callable[[], datetime]
    ) -> None:
        self._line = line
        self._gateway_key = gateway_key
        self._now = now

    def turn(self, setting: str, argument: str) -> None:
        """Take a position."""
        self._line.fault = self._fault(setting, argument)

    def _fault(self, setting: str, argument: str) -> Fault | None:
        step = argument if setting == "slow" or not argument else one_of(argument, tuple(STEPS))
        match setting:
            case "slow":
                return Fault(Break.SLOW, seconds=seconds(argument))
            case "down":
                return Fault(Break.DOWN)
            case "answer_lost":
                return Fault(Break.ANSWER_LOST, step)
            case "answer_lost_once":
                return Fault(Break.ANSWER_LOST_ONCE, step)
            case "server_error":
                return Fault(Break.OTHER_ANSWER, step, answer=self._failure)
            case "bad_gateway":
                return Fault(Break.OTHER_ANSWER, step, answer=_bad_gateway)
            case "wrong_signature":
                return Fault(Break.CHANGED_ANSWER, step, change=with_wrong_signature)
            case _:
                return None

    def _failure(self, request: httpx.Request) -> httpx.Response:
        """Answer as the gateway does when something in it breaks."""
        problem = problem_of(
            _GatewayFailedError(), trace_id=secrets.token_hex(8), environment=Environment.DEMO
        )
        return signed_answer(
            request,
            problem.status,
            problem.model_dump_json().encode(),
            media_type=PROBLEM_MEDIA_TYPE,
            key=self._gateway_key,
            now=self._now,
        )


def _bad_gateway(request: httpx.Request) -> httpx.Response:
    return httpx.Response(502, html="<h1>502 Bad Gateway</h1>", request=request)

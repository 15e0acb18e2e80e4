"""Paystack's refusals as ours: may it be tried again, and was it Paystack that answered?

Its envelope is {status, message, type, code, data}; `status: true` means only that the call
worked. Source: Paystack's published list of API errors.
"""

from typing import Any, NoReturn

import structlog

from core.outbound import Answer, CallFailed, CircuitOpen, OutboundError
from payments.gateways.interface import GatewayError, NotAtGateway

logger = structlog.get_logger(__name__)

LONGEST_MESSAGE = 300  # characters
WAIT = (408, 409, 429)


class DuplicateReference(GatewayError):
    """A transaction with this reference exists already; what became of it is another question."""

    def __init__(self) -> None:
        super().__init__("Paystack knows this reference already.", retryable=True, answered=True)


def no_answer(error: OutboundError) -> NoReturn:
    """The call ended without an answer; whether the work was done is not known."""
    if isinstance(error, CircuitOpen):
        raise GatewayError("Paystack has failed too often just now.", retryable=True) from error
    raise GatewayError("Paystack did not answer in time.", retryable=True) from error


def perhaps_done(error: GatewayError) -> bool:
    """Whether Paystack may have done what was asked for, although it did not say so."""
    if isinstance(error.__cause__, CallFailed):
        return error.__cause__.perhaps_done
    return error.retryable and error.answered


def data_of(answer: Answer) -> Any:
    """What Paystack answered, {data, meta} and all. Raises GatewayError for every refusal."""
    try:
        said = answer.json()
    except CallFailed as error:
        if answer.ok or answer.status >= 500:
            failed = answer.status >= 500
            raise GatewayError(
                "Paystack's answer cannot be read.", retryable=True, answered=failed
            ) from error
        said = {}
    if not isinstance(said, dict):
        said = {}
    if answer.ok and said.get("status") is True:
        return said
    raise _refusal(answer, said)


def _refusal(answer: Answer, said: dict[str, Any]) -> GatewayError:
    message, code = str(said.get("message") or ""), str(said.get("code") or "")
    if answer.status in (401, 403):
        logger.error("paystack.key_refused", status=answer.status)
        return GatewayError("Paystack refused our key.", retryable=True)
    if answer.status >= 500:
        return GatewayError("Paystack failed to do it.", retryable=True, answered=True)
    if answer.status in WAIT:
        return GatewayError("Paystack asks to wait a moment.", retryable=True)
    if code == "duplicate_reference" or message.lower().startswith("duplicate"):
        return DuplicateReference()
    if answer.status == 404 or code.endswith("_not_found") or "not found" in message.lower():
        return NotAtGateway(f"Paystack: {message[:LONGEST_MESSAGE] or 'not found'}")
    return GatewayError(
        message[:LONGEST_MESSAGE] or "Paystack refused it.", retryable=False, answered=True
    )

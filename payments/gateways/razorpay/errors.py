"""What goes wrong at Razorpay as ours: may it be tried again, and is there such a thing at all?"""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from core.outbound import INTERACTIVE, OutboundError
from core.outbound.deadline import deadline
from payments.gateways.interface import GatewayError, NotAtGateway
from payments.gateways.razorpay.transport import Refused

logger = structlog.get_logger(__name__)

LONGEST_SENTENCE = 300
# Razorpay answers 400 where others say 404
NO_SUCH_THING = ("does not exist", "is not a valid id", "invalid input [strippedid]")
USED_OTHERWISE = "different request with the same idempotency key"


@contextmanager
def translated() -> Iterator[None]:
    """Calls to the SDK inside raise GatewayError only, and take ten seconds altogether."""
    try:
        with deadline(INTERACTIVE):
            yield
    except (OutboundError, TimeoutError) as error:
        raise GatewayError("Razorpay did not answer in time.", retryable=True) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise GatewayError(
            f"Razorpay's answer cannot be read: {error!r}", retryable=True
        ) from error
    except Refused as refused:
        raise _translation(refused) from refused


def _translation(refused: Refused) -> GatewayError:
    said = refused.description.lower()
    if refused.status in (401, 403):
        logger.error("razorpay.key_refused", status=refused.status)
        return GatewayError("Razorpay refused our key.", retryable=True)
    if refused.status == 404 or any(words in said for words in NO_SUCH_THING):
        return NotAtGateway(refused.description or "Razorpay has no such thing.")
    if refused.status >= 500:
        # not `answered`: Razorpay does not repeat its failures, the same call may go well
        return GatewayError("Razorpay failed to do it.", retryable=True)
    if refused.status in (409, 429) and USED_OTHERWISE not in said:
        return GatewayError("Razorpay asks to wait a moment.", retryable=True)
    sentence = refused.description[:LONGEST_SENTENCE] or "Razorpay refused it."
    return GatewayError(sentence, retryable=False, answered=True)

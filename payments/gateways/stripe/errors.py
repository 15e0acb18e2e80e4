"""The SDK's exceptions as ours: may it be tried again, and has Stripe itself answered?"""

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
import structlog

from payments.gateways.interface import GatewayError, NotAtGateway

logger = structlog.get_logger(__name__)


@contextmanager
def translated() -> Iterator[None]:
    """Calls to the SDK inside raise GatewayError only."""
    try:
        yield
    except stripe.APIConnectionError as error:
        raise GatewayError("Stripe did not answer in time.", retryable=True) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("stripe.key_refused", error=str(error))  # noqa: TRY400 - no trace needed
        raise GatewayError("Stripe refused our key.", retryable=True) from error
    except stripe.StripeError as error:
        raise _refusal(error) from error


def _refusal(error: stripe.StripeError) -> GatewayError:
    status = error.http_status or 0
    if status == 404 or error.code == "resource_missing":
        return NotAtGateway(str(error))
    if status >= 500:
        return GatewayError("Stripe failed to do it.", retryable=True, answered=True)
    if status in (409, 429):
        return GatewayError("Stripe asks to wait a moment.", retryable=True)
    if isinstance(error, stripe.IdempotencyError):
        # the key was used with other parameters (an address in our settings changed meanwhile)
        return GatewayError("Stripe knows this key differently.", retryable=True, answered=True)
    return GatewayError(error.user_message or "Stripe refused it.", retryable=False, answered=True)

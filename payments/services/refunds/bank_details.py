"""A refund that found no way back to the payer: sent to an account they named."""

from uuid import UUID

import structlog
from django.db import transaction

from core.audit import record_audit
from core.errors import Conflict, Invalid, UpstreamUnavailable
from payments.enums import RefundState
from payments.gateways.bank_details import BankAccount, SendsToAccounts
from payments.gateways.interface import GatewayError
from payments.gateways.registry import gateway as gateway_named
from payments.models import Refund
from payments.services.refunds.asking import ask_refunds

logger = structlog.get_logger(__name__)

NUMBER_DIGITS = range(6, 21)


def takes_account(refund: Refund) -> bool:
    """Whether it waits for bank details and its gateway can do something with them."""
    if refund.state != RefundState.NEEDS_ATTENTION or not refund.gateway_ref:
        return False
    try:
        return isinstance(gateway_named(refund.gateway), SendsToAccounts)
    except GatewayError:
        return False


def send_to_account(*, refund_id: UUID, number: str, bank_id: str) -> None:
    """Hand the account to the gateway, outside transactions. It is kept nowhere here: the audit
    has its last four digits, written before the call, so that no attempt is without its trace.

    Raises Invalid for what is no account, Conflict for a refund that does not wait for one,
    UpstreamUnavailable.
    """
    account = _account(number, bank_id)
    with transaction.atomic():
        refund = Refund.objects.get(pk=refund_id)
        if not takes_account(refund):
            raise Conflict("This refund does not wait for bank details.")
        record_audit(
            action="refund.bank_details",
            resource=refund,
            details={"account": account.hint, "bank_id": account.bank_id},
        )
    there = gateway_named(refund.gateway)
    if not isinstance(there, SendsToAccounts):
        raise Conflict(f"{refund.get_gateway_display()} takes no bank details.")
    try:
        there.refund_to_account(
            refund_ref=refund.gateway_ref or "", currency=refund.currency, account=account
        )
    except GatewayError as error:
        if error.retryable:
            raise UpstreamUnavailable(f"{error.message} Look before you try again.") from error
        raise Conflict(error.message) from error
    try:
        ask_refunds(attempt_id=refund.attempt_id, source="bank details")
    except GatewayError as error:  # its webhook, or the next look, tells how it goes on
        logger.warning("refund.not_asked", about=str(refund.pk), why=error.message)


def _account(number: str, bank_id: str) -> BankAccount:
    number, bank_id = "".join(number.split()), bank_id.strip()
    if not (number.isascii() and number.isdigit() and len(number) in NUMBER_DIGITS):
        raise Invalid(
            "An account number is 6 to 20 digits.", details={"number": ["6 to 20 digits."]}
        )
    if not (bank_id.isascii() and bank_id.isdigit() and len(bank_id) <= 10):
        raise Invalid(
            "The bank is named by its id at the gateway, a number.",
            details={"bank_id": ["A number."]},
        )
    return BankAccount(number=number, bank_id=bank_id)

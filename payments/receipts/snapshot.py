"""Everything that stands on a receipt, copied into its row: seller, buyer, lines, sums."""

from typing import Any

from core.money import Money
from payments.models import LegalEntity
from payments.receipts.contents import Contents


def of_receipt(
    entity: LegalEntity, contents: Contents, *, email: str, paid_with: str, reference: str
) -> dict[str, Any]:
    """What was bought, from whom, by whom, and how it was paid."""
    return {
        "seller": _seller(entity),
        "buyer": {
            "lines": list(contents.buyer),
            "country": contents.country,
            "email": email,
        },
        "paid_with": paid_with,
        "reference": reference,
        "subject": contents.subject,
        "corrects": "",
        "lines": [
            {
                "name": item.name,
                "detail": item.detail,
                "quantity": item.quantity,
                "unit_minor": (item.unit_price or item.total).minor,
                "total_minor": item.total.minor,
            }
            for item in contents.items
        ],
        "sums": {
            "subtotal_minor": contents.subtotal.minor,
            "discount_minor": contents.discount.minor,
            "shipping_minor": contents.shipping.minor,
            "tax_minor": contents.tax.minor,
            "codes": contents.codes,
            "shipped_by": contents.shipped_by,
            "taxes": [
                {
                    "name": line.name,
                    "percent": str(line.percent),
                    "minor": line.amount.minor,
                    "included": line.is_included,
                }
                for line in contents.taxes
            ],
        },
        "note": contents.note,
    }


def of_correction(corrected: dict[str, Any], number: str, part: Money) -> dict[str, Any]:
    """The same parties, and one line. `corrected` is the snapshot of document `number`."""
    line = {
        "name": "",  # said in the reader's language
        "detail": "",
        "quantity": 1,
        "unit_minor": part.minor,
        "total_minor": part.minor,
    }
    return corrected | {"corrects": number, "lines": [line], "sums": {}}


def _seller(entity: LegalEntity) -> dict[str, Any]:
    return {
        "name": entity.name,
        "lines": [line.strip() for line in entity.address.splitlines() if line.strip()],
        "country": entity.country,
        "tax_id": entity.tax_id,
        "email": entity.email,
        "time_zone": entity.time_zone,
    }

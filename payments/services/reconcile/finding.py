"""What a comparison found, before it is a row."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.money import Money
from payments.models import DifferenceKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. (kind, ref) is its business key within a gateway.

    `unexplained` is theirs less ours. `safe`: the run may mend it without asking anybody, by
    settling what the gateway shows; `mendable`: a person may have that done.
    """

    kind: DifferenceKind
    ref: str
    theirs: str
    ours: str
    unexplained: Money
    proposal: str
    happened_at: datetime
    mendable: bool = False
    safe: bool = False
    payment_ref: str = ""
    payment_id: UUID | None = None
    attempt_id: UUID | None = None
    invoice_id: UUID | None = None
    refund_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(kind, ref)."""
        return self.kind.value, self.ref

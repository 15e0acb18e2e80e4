"""Words of commerce, and which step may follow which."""

from commerce.enums.catalogue import (
    CHOOSING,
    FieldType,
    PriceChangeKind,
    PriceChangeState,
    PriceEnding,
    PriceItemState,
    ProductStatus,
)
from commerce.enums.orders import (
    NEXT,
    WAY,
    OrderSource,
    OrderStatus,
    PaymentStatus,
    SettlementState,
    is_back,
    leading_to,
    may_follow,
)
from commerce.enums.quotes import CartState, CouponKind, RedemptionState, TaxClass, TaxTreatment
from commerce.enums.rates import RateSource, RateState
from commerce.enums.returns import NEXT_RETURN, ReturnFate, ReturnReason, ReturnState
from commerce.enums.stock import MovementKind, ReservationState
from commerce.enums.vendors import VENDOR_NEXT, VendorRole, VendorStatus

__all__ = [
    "CHOOSING",
    "NEXT",
    "NEXT_RETURN",
    "VENDOR_NEXT",
    "WAY",
    "CartState",
    "CouponKind",
    "FieldType",
    "MovementKind",
    "OrderSource",
    "OrderStatus",
    "PaymentStatus",
    "PriceChangeKind",
    "PriceChangeState",
    "PriceEnding",
    "PriceItemState",
    "ProductStatus",
    "RateSource",
    "RateState",
    "RedemptionState",
    "ReservationState",
    "ReturnFate",
    "ReturnReason",
    "ReturnState",
    "SettlementState",
    "TaxClass",
    "TaxTreatment",
    "VendorRole",
    "VendorStatus",
    "is_back",
    "leading_to",
    "may_follow",
]

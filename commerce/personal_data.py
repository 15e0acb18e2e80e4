"""What is personal in commerce. Sales stay for the books; whom they went to does not."""

from core.personal_data import Fate, declare

declare(
    "commerce.Order",
    customer="customer_id",
    user="user_id",
    email="email",
    fields={
        "email": Fate.EMPTY,
        "shipping_address": Fate.PSEUDONYMISE,
        "billing_address": Fate.EMPTY,
        "notes": Fate.EMPTY,
        "attention": Fate.EMPTY,
        "country": Fate.KEEP,
    },
    not_personal=["shipping_method_name", "shipping_tax_name", "tax_note"],
)
declare(
    "commerce.OrderLine",
    customer="customer_id",
    user="user_id",
    fields={"name": Fate.KEEP, "sku": Fate.KEEP},
    not_personal=["tax_name"],
)
declare(
    "commerce.OrderStatusChange",
    customer="customer_id",
    user="user_id",
    fields={"actor_id": Fate.KEEP, "reason": Fate.KEEP},
)
declare(
    "commerce.OrderPart",
    customer="customer_id",
    user="user_id",
    fields={"tracking_number": Fate.EMPTY, "carrier": Fate.KEEP},
)
declare(
    "commerce.OrderPartChange",
    customer="customer_id",
    user="user_id",
    fields={"actor_id": Fate.KEEP, "reason": Fate.KEEP},
)
declare(
    "commerce.OrderNote",
    customer="customer_id",
    user="user_id",
    fields={"text": Fate.DELETE, "author_id": Fate.DELETE},
)
declare(
    "commerce.OrderRevision",
    customer="customer_id",
    user="user_id",
    fields={
        "before": Fate.EMPTY,
        "after": Fate.EMPTY,
        "reason": Fate.KEEP,
        "actor_id": Fate.KEEP,
    },
)
declare("commerce.Reservation", customer="customer_id", user="user_id")
declare(
    "commerce.Cart",
    user="user_id",
    email="email",
    fields={"user": Fate.EMPTY, "email": Fate.EMPTY, "destination": Fate.EMPTY},
    not_personal=["token_hash", "shown"],
)
declare("commerce.CartKey", not_personal=["token_hash"])
declare("commerce.OrderSettlement", not_personal=["shares"])
declare("commerce.CartLine", user="user_id")
declare(
    "commerce.CouponRedemption",
    customer="customer_id",
    user="user_id",
    email="email",
    fields={"email": Fate.EMPTY},
)
declare("commerce.StockMovement", not_personal=["actor_id"])
declare(
    "commerce.ReturnRequest",
    customer="customer_id",
    user="user_id",
    fields={"note": Fate.EMPTY},
)
declare(
    "commerce.ReturnLine",
    customer="customer_id",
    user="user_id",
    fields={"comment": Fate.EMPTY},
)
declare(
    "commerce.ReturnChange",
    customer="customer_id",
    user="user_id",
    fields={"actor_id": Fate.KEEP, "note": Fate.KEEP},
)
declare("commerce.StockLocation", not_personal=["name"])
declare("commerce.VendorMember", user="user_id", fields={"user": Fate.DELETE})
declare(
    "commerce.VendorInvitation",
    email="email",
    fields={"email": Fate.DELETE},
    not_personal=["invited_by_id"],
)
# A vendor is a business, and its contact the address it is done with. The public API shows neither.
declare(
    "commerce.Vendor",
    not_personal=["name", "contact_name", "contact_email", "contact_phone"],
)
declare("commerce.Category", not_personal=["name"])
declare("commerce.Product", not_personal=["name", "custom_fields"])
declare("commerce.ProductMedia", not_personal=["alt"])
declare("commerce.CategoryTranslation", not_personal=["name"])
declare("commerce.ProductOption", not_personal=["name"])
declare("commerce.ProductTranslation", not_personal=["name", "options"])
declare("commerce.Variant", not_personal=["options"])
declare("commerce.ExchangeRate", not_personal=["set_by", "decided_by", "reason", "decision"])
declare("commerce.PriceChange", not_personal=["actor_id", "selection"])
declare("commerce.Coupon", not_personal=["name"])
declare("commerce.ShippingZone", not_personal=["name"])
declare("commerce.ShippingPlace", not_personal=["postal_prefix"])
declare("commerce.ShippingMethod", not_personal=["name", "names"])
declare("commerce.TaxRate", not_personal=["name", "note"])
declare("commerce.FieldDefinition", not_personal=["label", "help_text", "choices"])

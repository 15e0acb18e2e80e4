"""The words of receipts, in the languages of the shop."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that is not data. `page` holds {page} and {pages}, `corrects` {number},
    `tax_included` {tax}."""

    receipt: str
    credit_note: str
    cancellation: str
    seller: str
    buyer: str
    tax_id: str
    issued: str
    paid: str
    given_back: str
    came_back: str
    paid_with: str
    subject: str
    invoice: str
    corrected: str
    description: str
    quantity: str
    unit_price: str
    amount: str
    subtotal: str
    discount: str
    shipping: str
    tax: str
    tax_contained: str
    tax_included: str
    total_paid: str
    total_given_back: str
    total_cancelled: str
    payment: str
    refund_of: str
    cancellation_of: str
    scan: str
    reference: str
    page: str


_ENGLISH = Words(
    receipt="Receipt",
    credit_note="Credit note",
    cancellation="Cancelled credit note",
    seller="From",
    buyer="Billed to",
    tax_id="Tax number",
    issued="Issued",
    paid="Paid",
    given_back="Refunded",
    came_back="Came back",
    paid_with="Paid with",
    subject="Order",
    invoice="Invoice",
    corrected="Corrects",
    description="Description",
    quantity="Quantity",
    unit_price="Unit price",
    amount="Amount",
    subtotal="Subtotal",
    discount="Discount",
    shipping="Shipping",
    tax="Tax",
    tax_contained="Tax contained",
    tax_included="Includes {tax}",
    total_paid="Total paid",
    total_given_back="Total refunded",
    total_cancelled="Total cancelled",
    payment="Payment",
    refund_of="Refund for receipt {number}",
    cancellation_of="Credit note {number} is cancelled: the money could not be given back",
    scan="Scan to see this payment as it stands today.",
    reference="Payment reference {reference}",
    page="Page {page} of {pages}",
)
_FRENCH = Words(
    receipt="Reçu",
    credit_note="Avoir",
    cancellation="Avoir annulé",
    seller="Vendeur",
    buyer="Facturé à",
    tax_id="N° fiscal",
    issued="Émis le",
    paid="Payé le",
    given_back="Remboursé le",
    came_back="Revenu le",
    paid_with="Payé par",
    subject="Commande",
    invoice="Facture",
    corrected="Rectifie",
    description="Désignation",
    quantity="Quantité",
    unit_price="Prix unitaire",
    amount="Montant",
    subtotal="Sous-total",
    discount="Remise",
    shipping="Livraison",
    tax="Taxes",
    tax_contained="Dont taxes",
    tax_included="Dont {tax}",
    total_paid="Total payé",
    total_given_back="Total remboursé",
    total_cancelled="Total annulé",
    payment="Paiement",
    refund_of="Remboursement du reçu {number}",
    cancellation_of="L’avoir {number} est annulé : le remboursement n’a pas abouti",
    scan="Scannez pour voir l’état actuel de ce paiement.",
    reference="Référence de paiement {reference}",
    page="Page {page} sur {pages}",
)
_ARABIC = Words(
    receipt="إيصال",
    credit_note="إشعار دائن",
    cancellation="إلغاء إشعار دائن",
    seller="البائع",
    buyer="المشتري",
    tax_id="الرقم الضريبي",
    issued="تاريخ الإصدار",
    paid="تاريخ الدفع",
    given_back="تاريخ الاسترداد",
    came_back="تاريخ الارتداد",
    paid_with="طريقة الدفع",
    subject="الطلب",
    invoice="الفاتورة",
    corrected="تصحيح للإيصال",
    description="الوصف",
    quantity="الكمية",
    unit_price="سعر الوحدة",
    amount="المبلغ",
    subtotal="المجموع الفرعي",
    discount="الخصم",
    shipping="الشحن",
    tax="الضريبة",
    tax_contained="منها الضريبة",
    tax_included="منها {tax}",
    total_paid="إجمالي المدفوع",
    total_given_back="إجمالي المسترد",
    total_cancelled="إجمالي الملغى",
    payment="دفعة",
    refund_of="استرداد عن الإيصال {number}",
    cancellation_of="أُلغي الإشعار الدائن {number}: تعذّر رد المبلغ",
    scan="امسح الرمز لعرض حالة هذه الدفعة الآن.",
    reference="مرجع الدفع {reference}",
    page="صفحة {page} من {pages}",
)
WORDS = {"en": _ENGLISH, "fr": _FRENCH, "ar": _ARABIC}

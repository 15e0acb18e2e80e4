"""Some of the demo's products in French and Arabic, and one of them in a sale."""

from commerce.demo.catalogue import CURRENCIES, price_in
from commerce.models import Product
from commerce.services.catalogue.prices import put_on_sale
from commerce.services.catalogue.translations import translate_product
from core.money import Money

Texts = dict[str, tuple[str, str, dict[str, str]]]  # language -> name, description, options
TEXTS: dict[str, Texts] = {
    "Cast-iron teapot": {
        "fr": (
            "Théière en fonte",
            "Contient 0,8 l, émaillée à l'intérieur, garde la chaleur une heure.",
            {"Colour": "Couleur", "Black": "Noir", "Moss": "Mousse", "Rust": "Rouille"},
        ),
        "ar": (
            "إبريق شاي من الحديد الزهر",
            "سعته 0.8 لتر، مطلي بالمينا من الداخل، يحفظ الحرارة ساعة.",
            {"Colour": "اللون", "Black": "أسود", "Moss": "طحلبي", "Rust": "صدئي"},
        ),
    },
    "Tea cups, set of four": {
        "fr": (
            "Tasses à thé, lot de quatre",
            "Grès fin au pied non émaillé.",
            {"Colour": "Couleur", "White": "Blanc", "Indigo": "Indigo"},
        ),
    },
}
IN_A_SALE = "Tea cups, set of four"
SALE_CENTS = 3500


def dress_up(product: Product) -> None:
    """Texts and the sale of a product that was just made."""
    for language, (name, description, options) in TEXTS.get(product.name, {}).items():
        translate_product(
            product=product, language=language, name=name, description=description,
            options=options,
        )  # fmt: skip
    if product.name == IN_A_SALE:
        for variant in product.variants.all():
            for currency in CURRENCIES:
                price = Money(price_in(currency, SALE_CENTS), currency)
                put_on_sale(variant_id=variant.pk, price=price)

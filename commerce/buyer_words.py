"""What buyers read on pages and in refusals, in the shop's languages (mails have their own)."""

from core.languages import words_in

WORDS: dict[str, dict[str, str]] = {
    "code.unknown": {
        "en": "{code} is not a code of this shop.",
        "fr": "{code} n’est pas un code de cette boutique.",
        "ar": "‏{code} ليس من رموز هذا المتجر.",
    },
    "code.over": {
        "en": "{code} is no longer valid.",
        "fr": "{code} n’est plus valable.",
        "ar": "لم يعد الرمز {code} صالحا.",
    },
    "code.early": {
        "en": "{code} is not valid yet.",
        "fr": "{code} n’est pas encore valable.",
        "ar": "الرمز {code} غير صالح بعد.",
    },
    "code.used_up": {
        "en": "{code} has been used up.",
        "fr": "{code} a été épuisé.",
        "ar": "استنفد الرمز {code}.",
    },
    "code.used": {
        "en": "You have used {code} before.",
        "fr": "Vous avez déjà utilisé {code}.",
        "ar": "سبق أن استخدمتم الرمز {code}.",
    },
    "code.currency": {
        "en": "{code} is not for {currency}.",
        "fr": "{code} ne vaut pas pour {currency}.",
        "ar": "الرمز {code} لا يصلح للعملة {currency}.",
    },
    "code.goods": {
        "en": "{code} is not for these goods.",
        "fr": "{code} ne vaut pas pour ces articles.",
        "ar": "الرمز {code} لا يشمل هذه المنتجات.",
    },
    "code.least": {
        "en": "{code} is for orders of {least} or more.",
        "fr": "{code} vaut à partir de {least} d’achat.",
        "ar": "الرمز {code} للطلبات من {least} فأكثر.",
    },
    "code.beside": {
        "en": "{code} cannot be used together with {other}.",
        "fr": "{code} ne peut pas être cumulé avec {other}.",
        "ar": "لا يمكن استخدام الرمز {code} مع {other}.",
    },
    "cart.title": {"en": "Your cart", "fr": "Votre panier", "ar": "سلتكم"},
    "cart.ordered": {
        "en": "It was ordered: {number}.",
        "fr": "Il a été commandé : {number}.",
        "ar": "تم طلبها: {number}.",
    },
    "cart.merged": {
        "en": "It was joined with the cart of your account. Log in to find it there.",
        "fr": "Il a été réuni au panier de votre compte. Connectez-vous pour l’y retrouver.",
        "ar": "ضُمّت إلى سلة حسابكم. سجلوا الدخول لتجدوها هناك.",
    },
    "cart.empty": {
        "en": "There is nothing in it any more.",
        "fr": "Il n’y a plus rien dedans.",
        "ar": "لم يعد فيها شيء.",
    },
    "cart.changed": {
        "en": "the price has changed",
        "fr": "le prix a changé",
        "ar": "تغير السعر",
    },
    "cart.short": {
        "en": "not enough in stock",
        "fr": "stock insuffisant",
        "ar": "الكمية المتوفرة لا تكفي",
    },
    "cart.gone": {
        "en": "not on sale any more",
        "fr": "n’est plus en vente",
        "ar": "لم يعد معروضا للبيع",
    },
    "cart.today": {
        "en": "Prices are those of today, each. Nothing is held for you until you order.",
        "fr": "Prix du jour, à la pièce. Rien n’est réservé avant votre commande.",
        "ar": "الأسعار أسعار اليوم للقطعة الواحدة. لا يُحجز شيء قبل أن تطلبوا.",
    },
    "cart.stopped": {
        "en": "We will not remind you of a cart again.",
        "fr": "Nous ne vous rappellerons plus de panier.",
        "ar": "لن نذكركم بسلة بعد الآن.",
    },
    "cart.stop": {
        "en": "Do not remind me of carts",
        "fr": "Ne plus me rappeler mes paniers",
        "ar": "لا تذكروني بالسلال",
    },
}


def say(key: str, language: str, **values: object) -> str:
    """A sentence in a language (fr-CA is French); in English where there is no other.

    >>> say("cart.title", "fr-CA")
    'Votre panier'
    """
    return words_in(language, WORDS[key]).format(**values)


def all_of(group: str, language: str, **values: object) -> dict[str, str]:
    """A page's sentences by their names without the group."""
    names = [key for key in WORDS if key.startswith(f"{group}.")]
    return {key.partition(".")[2]: say(key, language, **values) for key in names}

"""The words of the pages about choices and of the mails' footers, in each language."""

from notifications.choices.links import WaysOut
from notifications.rendering.formats import direction_of, fallbacks

_ENGLISH = {
    "title": "What you want to hear",
    "intro": "Switch off what you do not need. What has to do with money and access always comes.",
    "subject": "About",
    "always": "always",
    "save": "Save",
    "saved": "Saved. It holds from now on.",
    "quiet": "Quiet hours",
    "quiet_hint": "Nothing but essential news arrives in this time; the rest comes afterwards, in "
    "one message. On the clock of {zone}.",
    "from": "From",
    "to": "to",
    "quiet_none": "Leave both empty for none.",
    "quiet_wrong": "Give two different times, or none.",
    "leave": "Unsubscribe",
    "leave_ask": "You will get no more mail about:",
    "leave_do": "Switch this off",
    "left": "Done. You get no more mail about:",
    "undo": "Undo",
    "undone": "All as before: you go on getting mail about:",
    "nothing": "This mail has to do with money or access. It cannot be switched off.",
    "all": "All choices",
    "bad": "This link is not good. It may have been cut off by your mail program.",
    "footer_choices": "Choose what you hear",
    "footer_leave": "Unsubscribe",
    "email": "E-mail",
    "push": "Push",
    "in_app": "In the app",
    "account": "Your account",
    "orders": "Orders and parcels",
    "payments": "Payments",
    "subscriptions": "Subscriptions",
    "progress": "Progress and weekly report",
    "referrals": "People you brought",
    "vendor": "Selling as a vendor",
    "carts": "Reminders of a cart",
    "offers": "Offers and news",
    "shop": "Running the shop",
}
_FRENCH = {
    "title": "Ce que vous souhaitez recevoir",
    "intro": "Désactivez ce dont vous n’avez pas besoin. Ce qui touche à l’argent et à l’accès "
    "arrive toujours.",
    "subject": "Sujet",
    "always": "toujours",
    "save": "Enregistrer",
    "saved": "C’est enregistré, avec effet immédiat.",
    "quiet": "Heures calmes",
    "quiet_hint": "Pendant ce temps, seul l’essentiel arrive ; le reste suit après, en un seul "
    "message. À l’heure de {zone}.",
    "from": "De",
    "to": "à",
    "quiet_none": "Laissez les deux champs vides pour n’en avoir aucune.",
    "quiet_wrong": "Indiquez deux heures différentes, ou aucune.",
    "leave": "Se désabonner",
    "leave_ask": "Vous ne recevrez plus de courriels à ce sujet :",
    "leave_do": "Désactiver",
    "left": "C’est fait. Vous ne recevrez plus de courriels à ce sujet :",
    "undo": "Annuler",
    "undone": "Tout est comme avant : vous continuez à recevoir les courriels à ce sujet :",
    "nothing": "Ce courriel concerne l’argent ou l’accès. Il ne peut pas être désactivé.",
    "all": "Tous les choix",
    "bad": "Ce lien n’est pas valable. Votre messagerie l’a peut-être coupé.",
    "footer_choices": "Choisir ce que vous recevez",
    "footer_leave": "Se désabonner",
    "email": "Courriel",
    "push": "Notification",
    "in_app": "Dans l’application",
    "account": "Votre compte",
    "orders": "Commandes et colis",
    "payments": "Paiements",
    "subscriptions": "Abonnements",
    "progress": "Progrès et bilan de la semaine",
    "referrals": "Personnes que vous avez amenées",
    "vendor": "Vendre en tant que vendeur",
    "carts": "Rappels de panier",
    "offers": "Offres et nouveautés",
    "shop": "Gestion de la boutique",
}
_ARABIC = {
    "title": "ما الذي تودّ أن يصلك",
    "intro": "أوقف ما لا تحتاج إليه. أمّا ما يتعلّق بالمال وبالدخول إلى حسابك فيصلك دائمًا.",
    "subject": "الموضوع",
    "always": "دائمًا",
    "save": "حفظ",
    "saved": "تمّ الحفظ ويسري من الآن.",
    "quiet": "ساعات الهدوء",
    "quiet_hint": "لا يصلك في هذا الوقت إلا الضروري، ويصلك الباقي بعده في رسالة واحدة. "
    "بحسب توقيت {zone}.",
    "from": "من",
    "to": "إلى",
    "quiet_none": "اترك الخانتين فارغتين إن لم ترغب في ذلك.",
    "quiet_wrong": "أدخل وقتين مختلفين، أو اتركهما فارغين.",
    "leave": "إلغاء الاشتراك",
    "leave_ask": "لن تصلك بعد الآن رسائل بريد عن:",
    "leave_do": "إيقاف هذه الرسائل",
    "left": "تمّ. لن تصلك بعد الآن رسائل بريد عن:",
    "undo": "تراجع",
    "undone": "عاد كل شيء كما كان، وستظل تصلك رسائل بريد عن:",
    "nothing": "تتعلّق هذه الرسالة بالمال أو بالدخول إلى حسابك، ولا يمكن إيقافها.",
    "all": "كل الخيارات",
    "bad": "هذا الرابط غير صالح. ربما قطعه برنامج البريد.",
    "footer_choices": "اختر ما يصلك",
    "footer_leave": "إلغاء الاشتراك",
    "email": "البريد",
    "push": "إشعار",
    "in_app": "في التطبيق",
    "account": "حسابك",
    "orders": "الطلبات والطرود",
    "payments": "المدفوعات",
    "subscriptions": "الاشتراكات",
    "progress": "التقدّم والتقرير الأسبوعي",
    "referrals": "من دعوتهم",
    "vendor": "البيع بصفة بائع",
    "carts": "التذكير بالسلّة",
    "offers": "العروض والأخبار",
    "shop": "إدارة المتجر",
}
WORDS = {"en": _ENGLISH, "fr": _FRENCH, "ar": _ARABIC}


def words_in(language: str) -> tuple[str, str, dict[str, str]]:
    """(language, reading direction, words) of the nearest language there is."""
    found = next((one for one in fallbacks(language) if one in WORDS), "en")
    return found, direction_of(found), WORDS[found]


def footer_links(ways: WaysOut | None, language: str) -> list[tuple[str, str]]:
    """What a mail's footer offers: words and addresses."""
    if ways is None:
        return []
    _, _, words = words_in(language)
    offered = [(words["footer_choices"], ways.choices)]
    if ways.unsubscribe:
        offered.append((words["footer_leave"], ways.unsubscribe))
    return offered

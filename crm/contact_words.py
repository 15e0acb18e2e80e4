"""The words of the contact page in each language it speaks."""

from typing import Final

_ENGLISH = {
    "title": "Write to us",
    "name": "Your name",
    "email": "Your e-mail address",
    "message": "Your message",
    "website": "Website",
    "send": "Send",
    "arrived": "Thank you. Your message has arrived.",
    "answer": "We answer by e-mail, usually within one working day.",
    "another": "Write another message",
    "too_many": "Too many messages from your network. Please try again later.",
}
_FRENCH = {
    "title": "Écrivez-nous",
    "name": "Votre nom",
    "email": "Votre adresse e-mail",
    "message": "Votre message",
    "website": "Site web",
    "send": "Envoyer",
    "arrived": "Merci. Votre message nous est bien parvenu.",
    "answer": "Nous répondons par e-mail, en général sous un jour ouvré.",
    "another": "Écrire un autre message",
    "too_many": "Trop de messages depuis votre réseau. Veuillez réessayer plus tard.",
}
_ARABIC = {
    "title": "راسلنا",
    "name": "اسمك",
    "email": "بريدك الإلكتروني",
    "message": "رسالتك",
    "website": "الموقع",
    "send": "إرسال",
    "arrived": "شكرًا لك. وصلتنا رسالتك.",
    "answer": "نجيب عبر البريد الإلكتروني، عادةً خلال يوم عمل واحد.",
    "another": "كتابة رسالة أخرى",
    "too_many": "وصلنا عدد كبير من الرسائل من شبكتك. نرجو المحاولة لاحقًا.",
}
WORDS: Final = {"en": _ENGLISH, "fr": _FRENCH, "ar": _ARABIC}

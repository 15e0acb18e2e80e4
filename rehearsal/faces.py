"""The faces of this rehearsal: the one place where a new one is named."""

from __future__ import annotations

from rehearsal.ecb.face import EcbFace
from rehearsal.face import Face
from rehearsal.fcm.face import FcmFace
from rehearsal.mail.face import MailFace
from rehearsal.paystack.face import PaystackFace
from rehearsal.razorpay.face import RazorpayFace
from rehearsal.resend.face import ResendFace
from rehearsal.stripe.face import StripeFace

FACES: tuple[type[Face], ...] = (
    StripeFace,
    RazorpayFace,
    PaystackFace,
    FcmFace,
    EcbFace,
    MailFace,
    ResendFace,
)

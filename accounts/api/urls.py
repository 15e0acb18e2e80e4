"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from accounts.api.views_keys import ApiKeyRotationView, ApiKeysView, ApiKeyView
from accounts.api.views_login import LoginView, LogoutView, RefreshView, RegistrationView
from accounts.api.views_password import (
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
    ResendView,
    VerifyEmailView,
)
from accounts.api.views_user import LoginDetailView, LoginsView, UserView

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/registration/", RegistrationView.as_view()),
    path("auth/login/", LoginView.as_view()),
    path("auth/token/refresh/", RefreshView.as_view()),
    path("auth/logout/", LogoutView.as_view()),
    path("auth/password/reset/", PasswordResetView.as_view()),
    path("auth/password/reset/confirm/", PasswordResetConfirmView.as_view()),
    path("auth/password/change/", PasswordChangeView.as_view()),
    path("auth/email/verify/", VerifyEmailView.as_view()),
    path("auth/email/resend/", ResendView.as_view()),
    path("auth/user/", UserView.as_view()),
    path("auth/logins/", LoginsView.as_view()),
    path("auth/logins/<uuid:id>/", LoginDetailView.as_view()),
    path("api-keys/", ApiKeysView.as_view()),
    path("api-keys/<uuid:id>/", ApiKeyView.as_view()),
    path("api-keys/<uuid:id>/rotate/", ApiKeyRotationView.as_view()),
]

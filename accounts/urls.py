"""Pages of this floor outside the API. Sign-up pages of allauth are left out on purpose."""

from allauth.account import views as account
from allauth.mfa.urls import urlpatterns as mfa_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.avatars import show_avatar
from accounts.pages import as_house, confirm_email_page, for_confirmed

ADDING_A_FACTOR = {"mfa_activate_totp", "mfa_add_webauthn"}


def all_as_house(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """The same patterns, each page run as the house."""
    wrapped: list[URLPattern | URLResolver] = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            wrapped.append(URLResolver(entry.pattern, all_as_house(entry.url_patterns)))
            continue
        view = as_house(entry.callback)
        if entry.name in ADDING_A_FACTOR:
            view = for_confirmed(view)
        wrapped.append(URLPattern(entry.pattern, view, entry.default_args, entry.name))
    return wrapped


login_pages: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^media/avatars/(?P<name>[0-9a-f]{32}\.webp)$", show_avatar, name="avatar"),
    path(
        "accounts/",
        include(
            [
                *all_as_house(login_pages),
                path("2fa/", include(all_as_house(mfa_patterns))),
                path("confirm-email/<str:key>/", confirm_email_page, name="account_confirm_email"),
            ]
        ),
    ),
]

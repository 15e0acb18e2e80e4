"""Pages of this floor."""

from django.urls import URLPattern, URLResolver, path

from commerce.pages import invitation_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("vendor-invitations/<uuid:invitation_id>/", invitation_page, name="vendor_invitation"),
]

"""Pages of this floor."""

from django.urls import URLPattern, URLResolver, path

from commerce.cart_page import cart_page
from commerce.pages import invitation_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("vendor-invitations/<uuid:invitation_id>/", invitation_page, name="vendor_invitation"),
    path("carts/<str:key>/", cart_page, name="cart-page"),
]

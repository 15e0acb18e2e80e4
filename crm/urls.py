"""Pages of this floor."""

from django.urls import URLPattern, URLResolver, path

from crm.views import contact_page

urlpatterns: list[URLPattern | URLResolver] = [path("contact/", contact_page, name="contact")]

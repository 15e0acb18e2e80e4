"""Pages of this floor."""

from django.urls import URLPattern, URLResolver, path

from notifications.pages import choices_page, unsubscribe_page

urlpatterns: list[URLPattern | URLResolver] = [
    path("choices/<str:token>/", choices_page, name="choices"),
    path("unsubscribe/<str:token>/", unsubscribe_page, name="unsubscribe"),
]

"""Web entry point: webhooks are taken in before Django's middleware, all else goes to Django."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

django = get_wsgi_application()  # first: the doors read what the apps registered

from core.intake.refusals import TALLY  # noqa: E402  - needs the apps to be ready
from core.intake.wsgi import with_webhooks  # noqa: E402  - needs the apps to be ready

application = with_webhooks(django)
TALLY.keep_writing()

"""Settings of one library each, collected for base.py."""

from config.settings.parts.admin import *  # noqa: F403
from config.settings.parts.api import *  # noqa: F403
from config.settings.parts.auth import *  # noqa: F403
from config.settings.parts.brand import *  # noqa: F403
from config.settings.parts.csp import *  # noqa: F403
from config.settings.parts.email import *  # noqa: F403
from config.settings.parts.files import *  # noqa: F403
from config.settings.parts.logs import *  # noqa: F403

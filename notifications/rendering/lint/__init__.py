from notifications.rendering.lint.finding import Finding, Level, has_errors
from notifications.rendering.lint.looking import findings_of

__all__ = ["Finding", "Level", "findings_of", "has_errors"]

from notifications.admin.wording.template import TemplateAdmin

__all__ = ["TemplateAdmin"]

"""Who may come in: users, roles, keys, logins. Also leads the admin's own login to allauth."""

from accounts.admin.api_key import ApiKeyAdmin
from accounts.admin.group import RoleAdmin
from accounts.admin.login import TokenFamilyAdmin
from accounts.admin.site import lead_login_through_allauth
from accounts.admin.user import UserAdmin

__all__ = ["ApiKeyAdmin", "RoleAdmin", "TokenFamilyAdmin", "UserAdmin"]

lead_login_through_allauth()

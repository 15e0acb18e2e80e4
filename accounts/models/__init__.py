from accounts.models.api_key import ApiKey
from accounts.models.token import RefreshToken, TokenFamily
from accounts.models.user import User

__all__ = ["ApiKey", "RefreshToken", "TokenFamily", "User"]

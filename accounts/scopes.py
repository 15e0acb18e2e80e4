"""What credentials may reach, one word per kind of thing: `<thing>:<deed>`.

One check for all credentials (core/api/permissions.py): an access token and an admin session
carry the scopes of the user's role, an API key those it was given and its owner still has. Which
*rows* a scope reaches is not said here; the database decides it (row-level security).
"""

from core.identity import Role

SCOPES: dict[str, str] = {
    "profile:read": "See one's own user",
    "profile:write": "Change one's own user, end one's own logins",
    "catalogue:read": "See products that are not public yet, and stock",
    "catalogue:write": "Change vendors, categories, products, prices and stock",
    "vendor:read": "See the vendors one acts for: drafts, terms, members, what was sold",
    "vendor:write": "Apply as a vendor; change what is theirs for the vendors one acts for",
    "orders:read": "See orders",
    "orders:write": "Move orders on, cancel and change them",
    "parcels:write": "Send parts of orders on: staff, and those who act for their vendor",
    "returns:write": "Ask for returns; staff: decide on them",
    "customers:read": "See customers and what happened with them",
    "customers:write": "Change customers, tags, segments and activities",
    "customers:export": "Take a customer's data out",
    "customers:erase": "Make customers anonymous, merge them",
    "bulk:read": "See imports and exports and how far they are",
    "bulk:import": "Bring files of products, customers and orders in",
    "bulk:export": "Take files of products, customers and orders out",
    "integrations:read": "See shop connections",
    "integrations:write": "Connect shops and start a sync",
    "payments:read": "See payments, refunds and disputes",
    "payments:write": "Start payments",
    "payments:refund": "Give money back",
    "billing:read": "See plans and subscriptions",
    "billing:write": "Subscribe, change and cancel",
    "ledger:read": "See balances and payouts; shoppers their own",
    "referrals:read": "See referrals and commissions",
    "referrals:write": "Invite others",
    "devices:write": "Register a device for push",
    "notifications:read": "See one's notifications and preferences",
    "notifications:write": "Mark them read, change preferences",
    "notifications:send": "Send to other people",
    "templates:read": "See e-mail templates",
    "templates:write": "Change e-mail templates",
    "analytics:read": "See figures",
    "analytics:write": "Send in what happened",
    "realtime:read": "Listen to the event stream",
    "users:read": "See users",
    "users:write": "Change users, roles and access",
    "apikeys:read": "See API keys",
    "apikeys:write": "Make, rotate and revoke API keys",
    "events:read": "See the event log",
    "events:replay": "Have events worked on again",
    "jobs:read": "See scheduled jobs and their runs",
    "jobs:run": "Run a scheduled job now",
    "metrics:read": "See metrics",
    "audit:read": "See the audit trail",
}

_SHOPPER = {
    "profile:read", "profile:write", "orders:read", "parcels:write", "returns:write",
    "payments:read", "payments:write",
    "billing:read", "billing:write", "referrals:read", "referrals:write", "ledger:read",
    "devices:write",
    "notifications:read", "notifications:write", "analytics:write", "realtime:read",
    "vendor:read", "vendor:write",  # which vendors: memberships say, and the database
}  # fmt: skip
_OWN = {
    "profile:read", "profile:write", "devices:write", "notifications:read",
    "notifications:write", "realtime:read", "analytics:write",
}  # fmt: skip
_SEES_ALL = {name for name in SCOPES if name.endswith(":read")} - {"apikeys:read", "users:read"}
_ADMIN_ONLY = {"users:write", "audit:read", "events:replay", "jobs:run"}

SCOPES_OF_ROLE: dict[Role, frozenset[str]] = {
    Role.ADMIN: frozenset(SCOPES),
    Role.MANAGER: frozenset(set(SCOPES) - _ADMIN_ONLY),
    Role.AGENT: frozenset(
        _OWN
        | {
            "catalogue:read", "orders:read", "orders:write", "parcels:write", "returns:write",
            "customers:read", "customers:write",
            "integrations:read", "payments:read", "billing:read", "templates:read",
            "analytics:read", "referrals:read", "bulk:read", "bulk:export",
        }
    ),
    Role.READONLY: frozenset(_OWN | _SEES_ALL - {"audit:read"}),
    Role.SHOPPER: frozenset(_SHOPPER),
}  # fmt: skip


def scopes_of(role: Role) -> frozenset[str]:
    """The scopes of everything a role may do; none for roles that are no people."""
    return SCOPES_OF_ROLE.get(role, frozenset())

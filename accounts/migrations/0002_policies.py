"""Who may see and change users, roles, logins, keys and second factors.

Why like this: docs/decisions/0011. In one sentence: everybody sees themselves, staff see
colleagues, nobody but admins and the house changes who may do what, and whoever is not known yet
sees nothing at all.
"""

from django.db import migrations

from core.identity.policies import Rule, protect

SELF = "id = (SELECT app_uid())"
OWN_USER = "user_id = (SELECT app_uid())"
OWN_KEY = "owner_id = (SELECT app_uid())"
PEOPLE = "tw_manager, tw_agent, tw_readonly, tw_shopper"

# A user's own role changes four columns and no other: not the password, not is_superuser.
SELF_UPDATE = f"""
GRANT UPDATE (full_name, time_zone, language, avatar, updated_at) ON accounts_user TO {PEOPLE};
CREATE POLICY self_update ON accounts_user FOR UPDATE TO {PEOPLE}
    USING ({SELF}) WITH CHECK ({SELF});
"""
NO_SELF_UPDATE = "DROP POLICY self_update ON accounts_user"

# What a permission is called and which group has it is no secret, but only an admin decides it.
RIGHTS_ARE_AN_ADMINS = """
REVOKE INSERT, UPDATE, DELETE ON auth_group, auth_group_permissions, auth_permission
    FROM tw_base, tradewind_app;
GRANT INSERT, UPDATE, DELETE ON auth_group, auth_group_permissions, auth_permission
    TO tw_admin, tw_system;
"""
RIGHTS_ARE_EVERYBODYS = """
GRANT INSERT, UPDATE, DELETE ON auth_group, auth_group_permissions, auth_permission
    TO tw_base, tradewind_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("core", "0002_event_log"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        protect(
            "accounts_user",
            manager=Rule(),
            agent=Rule(f"is_staff OR {SELF}"),
            shopper=Rule(SELF),
        ),
        migrations.RunSQL(SELF_UPDATE, NO_SELF_UPDATE),
        protect(
            "accounts_user_groups",
            manager=Rule(),
            agent=Rule(OWN_USER),
            shopper=Rule(OWN_USER),
        ),
        protect(
            "accounts_user_user_permissions",
            manager=Rule(),
            agent=Rule(OWN_USER),
            shopper=Rule(OWN_USER),
        ),
        migrations.RunSQL(RIGHTS_ARE_AN_ADMINS, RIGHTS_ARE_EVERYBODYS),
        # Managers make keys for themselves; INSERT under their own name only.
        protect(
            "accounts_apikey",
            manager=Rule(OWN_KEY, verbs="SELECT INSERT UPDATE"),
            agent=Rule(OWN_KEY),
            readonly=Rule(OWN_KEY),
            shopper=Rule(OWN_KEY),
        ),
        protect(
            "accounts_tokenfamily",
            manager=Rule(OWN_USER),
            agent=Rule(OWN_USER),
            readonly=Rule(OWN_USER),
            shopper=Rule(OWN_USER),
        ),
        protect("accounts_refreshtoken", manager=None, readonly=None),
        # allauth's tables: second factors, and addresses that Tradewind does not use
        protect(
            "mfa_authenticator",
            manager=Rule(OWN_USER),
            agent=Rule(OWN_USER),
            readonly=Rule(OWN_USER),
            shopper=Rule(OWN_USER),
        ),
        protect("account_emailaddress", manager=None, readonly=None),
        protect("account_emailconfirmation", manager=None, readonly=None),
    ]

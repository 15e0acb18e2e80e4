"""Who may read and change which rows: every role, every protected table, every verb, real SQL.

The rights below were decided, not copied from the database: a policy that opens a table, or a new
table nobody thought about, fails here and is shown beside what was expected.
"""

from collections.abc import Iterator

import pytest

from core.identity import Identity, Role, acting_as
from tests.architecture.verbs import Table, in_words
from tests.architecture.worlds import Ids, models_by_table, protected_tables, three_worlds

pytestmark = pytest.mark.django_db

# S select, I insert, U update (of the columns named), D delete; without a scope: every row.
# own: rows of the acting user; served: rows of the customers the agent looks after.
# A role that is not named gets nothing at all; a later word on a line overrules an earlier one.
RIGHTS = """
account_emailaddress             house=SIUD
account_emailconfirmation        house=SIUD
accounts_apikey                  house=SIUD person=S:own manager=SIU:own
accounts_refreshtoken            house=SIUD
accounts_tokenfamily             house=SIUD person=S:own
accounts_user                    house=SIUD person=SU(profile):own manager=S U(profile):own \
                                 readonly=S U(profile):own
accounts_user_groups             house=SIUD manager=S readonly=S agent=S:own shopper=S:own
accounts_user_user_permissions   house=SIUD manager=S readonly=S agent=S:own shopper=S:own
commerce_cart                    wide=SIUD readonly=S shopper=S:own
commerce_cartkey                 wide=SIUD
commerce_cartline                wide=SIUD readonly=S shopper=S:own
commerce_category                wide=SIUD readonly=S agent=S shopper=S anonymous=S
commerce_categorytranslation     wide=SIUD readonly=S agent=S shopper=S anonymous=S
commerce_fielddefinition         wide=SIUD readonly=S agent=S shopper=S anonymous=S
commerce_coupon                  wide=SIUD readonly=S agent=S
commerce_couponredemption        wide=SIUD readonly=S agent=S:served shopper=S:own
commerce_couponscope             wide=SIUD readonly=S agent=S
commerce_couponterms             wide=SIUD readonly=S agent=S
commerce_importrun               wide=SIUD readonly=S
commerce_optionvalue             wide=SIUD readonly=S agent=S shopper=S IUD:own anonymous=S
commerce_order                   wide=SIUD readonly=S agent=SU:served shopper=S:own
commerce_ordercounter            wide=SIUD readonly=S
commerce_orderline               wide=SIUD readonly=S agent=S:served shopper=S:own
commerce_ordernote               wide=SI readonly=S agent=SI:served
commerce_orderpart               wide=SU readonly=S agent=SU:served shopper=S:own
commerce_orderpartchange         wide=S readonly=S agent=S:served shopper=S:own
commerce_orderrevision           wide=SI readonly=S agent=SI:served
commerce_ordersettlement         wide=SIU readonly=S
commerce_orderstatuschange       wide=S readonly=S agent=S:served shopper=S:own
commerce_price                   wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_product                 wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_productfigure           wide=SD readonly=S agent=S shopper=S anonymous=S
commerce_pricechange             wide=SIUD readonly=S
commerce_pricechangeitem         wide=SIUD readonly=S
commerce_productoption           wide=SIUD readonly=S agent=S shopper=S IUD:own anonymous=S
commerce_producttranslation      wide=SIUD readonly=S agent=S shopper=S IUD:own anonymous=S
commerce_productmedia            wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_reservation             wide=SIUD readonly=S agent=S:served
commerce_returnchange            wide=SI readonly=S agent=S:served shopper=S:own
commerce_returnline              wide=SIU readonly=S agent=S:served shopper=S:own
commerce_returnrequest           wide=SIU readonly=S agent=S:served shopper=S:own
commerce_stockitem               wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_stocklocation           wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_stockmovement           wide=SI readonly=S agent=S shopper=SI:own
commerce_variant                 wide=SIUD readonly=S agent=S shopper=S IU:own anonymous=S
commerce_vendor                  wide=SIUD readonly=S agent=S shopper=S U(contact):own anonymous=S
commerce_vendorinvitation        wide=SIUD readonly=S
commerce_vendormember            wide=SIUD readonly=S shopper=S:own
core_auditentry                  wide=SI readonly=SI agent=I shopper=I anonymous=I login=I
core_bulkjob                     wide=SIUD readonly=S agent=S:own
core_bulkmapping                 wide=SIUD readonly=S agent=S
core_bulkrow                     wide=SIUD readonly=S
core_delivery                    wide=SIUD readonly=S
core_event                       wide=SIUD readonly=S
core_idempotencykey              wide=SIUD
core_savedview                   wide=SIUD readonly=S agent=SIUD:own
core_storedfile                  wide=SIUD readonly=S agent=S:own shopper=S:own
core_webhookrefusal              wide=SIUD readonly=S
crm_assignment                   wide=SIUD readonly=S agent=S:served
crm_contactmessage               wide=SIUD readonly=S agent=S:served
crm_customer                     wide=SIUD readonly=S agent=SIU:served shopper=S:own
django_admin_log                 wide=SI readonly=S agent=SI:own
mfa_authenticator                house=SIUD person=S:own
notifications_choicerecord       wide=SI readonly=S
notifications_dayfigure          wide=SIUD readonly=S
notifications_delivery           wide=SIUD readonly=S
notifications_deliveryevent      wide=SID readonly=S
notifications_device             person=SD:own readonly=S D:own wide=SIUD
notifications_campaign           wide=SIUD readonly=S
notifications_campaignrecipient  wide=SIUD readonly=S
notifications_campaigntext       wide=SIUD readonly=S
notifications_devicealarm        wide=SIUD readonly=S
notifications_deviceverdict      wide=SIUD readonly=S
notifications_pushminute         wide=SIUD readonly=S
notifications_topic              wide=SIUD readonly=S agent=S shopper=S
notifications_topicsubscription  person=S:own readonly=S wide=SIUD
notifications_notification       person=SU(read):own readonly=S U(read):own wide=SIUD
notifications_preference         wide=SIUD readonly=S agent=S:own shopper=S:own
notifications_quiethours         wide=SIUD readonly=S agent=S:own shopper=S:own
notifications_sentcopy           wide=SIUD readonly=S
notifications_suppression        wide=SIUD readonly=S
notifications_weeklyround        wide=SIUD readonly=S
notifications_template           wide=SIUD readonly=S
notifications_templateversion    wide=SIUD readonly=S
payments_billingcustomer         wide=SIU readonly=S agent=S:own shopper=S:own
payments_checkoutsession         wide=SIU readonly=S agent=S:own shopper=S:own
payments_commission              wide=SIU readonly=S shopper=S:own
payments_commissionrule          wide=SIU readonly=S
payments_difference              wide=SIU readonly=S
payments_dispute                 wide=SIU readonly=S agent=S:served
payments_due                     wide=SI readonly=S shopper=S:own
payments_gatewayprice            wide=SIU readonly=S
payments_ledgeraccount           wide=SIU readonly=S shopper=S:own
payments_ledgerentry             wide=SI readonly=S shopper=S:own
payments_ledgertransaction       wide=SI readonly=S
payments_legalentity             wide=SIU readonly=S
payments_payee                   wide=SIU readonly=S shopper=S:own
payments_payment                 wide=SIU readonly=S agent=S:served shopper=S:own
payments_paymentattempt          wide=SIU readonly=S agent=S:served shopper=S:own
payments_paymentevent            wide=SI readonly=S agent=S:served
payments_payout                  wide=SIU readonly=S shopper=S:own
payments_payoutitem              wide=SIU readonly=S shopper=S:own
payments_payoutrun               wide=SIU readonly=S
payments_plan                    wide=SIU readonly=S agent=S shopper=S anonymous=S
payments_planprice               wide=SIU readonly=S agent=S shopper=S anonymous=S
payments_receipt                 wide=SI readonly=S agent=S:served shopper=S:own
payments_receiptcounter          wide=SIU readonly=S
payments_reconciliationrun       wide=SIU readonly=S
payments_referral                wide=SIU readonly=S shopper=S:own
payments_referralcode            wide=SIU readonly=S shopper=S:own
payments_refund                  wide=SIU readonly=S agent=S:served
payments_sale                    wide=SIU readonly=S
payments_salepart                wide=SIU readonly=S shopper=S:own
payments_salereturn              wide=SIU readonly=S
payments_statementline           wide=SID readonly=S
payments_subscription            wide=SIU readonly=S agent=S:own shopper=S:own
payments_subscriptionevent       wide=SI readonly=S
payments_subscriptioninvoice     wide=SIU readonly=S agent=S:own shopper=S:own
"""
COLUMNS = {
    "profile": {"full_name", "time_zone", "language", "avatar", "updated_at"},
    "contact": {"contact_name", "contact_email", "contact_phone", "language", "updated_at"},
    "read": {"read_at", "updated_at"},
}

ROLES = {
    "admin": Role.ADMIN,
    "manager": Role.MANAGER,
    "system": Role.SYSTEM,
    "readonly": Role.READONLY,
    "agent": Role.AGENT,
    "shopper": Role.SHOPPER,
    "anonymous": Role.ANONYMOUS,
    "login": Role.UNBOUND,
}
GROUPS = {
    "wide": ("admin", "manager", "system"),
    "house": ("admin", "system"),
    "person": ("manager", "readonly", "agent", "shopper"),
}
ALL = frozenset({"shop", "desk", "elsewhere"})
STAFF_SCOPES = {
    ALL: "",
    frozenset({"desk"}): "own",
    frozenset({"shop"}): "served",
    frozenset({"desk", "shop"}): "served+own",
}
SHOPPER_SCOPES = {ALL: "", frozenset({"shop"}): "own"}


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker) -> Iterator[Ids]:
    with django_db_blocker.unblock(), three_worlds() as ids:
        yield ids


def identity(role: Role, worlds: Ids) -> Identity:
    """Staff act as the colleague at the desk, shoppers as the shopper, others as nobody."""
    if role in {Role.SYSTEM, Role.ANONYMOUS, Role.UNBOUND}:
        return Identity(role)
    return Identity(role, worlds["accounts_user"]["shop" if role is Role.SHOPPER else "desk"])


def decided() -> dict[str, dict[str, str]]:
    """RIGHTS as table -> role -> words."""
    rights: dict[str, dict[str, str]] = {}
    for line in RIGHTS.strip().splitlines():
        table, *cells = line.split()
        rights[table] = {}
        role = ""
        for cell in cells:
            name, equals, words = cell.partition("=")
            role = name if equals else role
            for each in GROUPS.get(role, (role,)):
                rights[table][each] = words if equals else f"{rights[table][each]} {cell}"
    return rights


@pytest.mark.parametrize("role", ROLES)
def test_rights_of_each_role_are_those_decided(role, worlds):
    known = models_by_table()
    tables = [Table(name, known[name]._meta.pk.column, ids) for name, ids in worlds.items()]
    for table in tables:
        table.remember_rows()
    scopes = SHOPPER_SCOPES if role == "shopper" else STAFF_SCOPES
    with acting_as(identity(ROLES[role], worlds)):
        found = {table.name: in_words(table.rights(COLUMNS), scopes) for table in tables}
    expected = {table: decided().get(table, {}).get(role, "-") for table in found}
    assert found == expected


def test_every_protected_table_has_its_rights_decided():
    missing = set(protected_tables()) - set(decided())
    assert not missing, f"Decide who may do what with {sorted(missing)}: a line in RIGHTS each."
    assert set(decided()) <= set(protected_tables()), "RIGHTS of a table that is not protected"

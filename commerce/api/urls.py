"""Paths of this floor under /api/v1/."""

from django.urls import URLPattern, URLResolver, path

from commerce.api.bulk_files import CheckView, ExportsView, ImportsView
from commerce.api.bulk_jobs import (
    JobFileView,
    JobRowsView,
    JobStepsView,
    JobsView,
    JobView,
    MappingsView,
    TargetsView,
)
from commerce.api.cart_wishes import CartCouponView, CartShippingView
from commerce.api.carts import (
    CartItemsView,
    CartItemView,
    CartsView,
    CartView,
    ClaimView,
    RestoreView,
)
from commerce.api.categories import CategoriesView, CategoryOrderView, CategoryView
from commerce.api.checkout import CheckoutView
from commerce.api.custom_fields import CategoryFieldsView, FieldsView, FieldView
from commerce.api.media import MediaListView, MediaOrderView, MediaRestoreView, MediaView
from commerce.api.order_desk import (
    BringBackView,
    NotesView,
    PaymentRequestView,
    RevisionsView,
    TakeBackView,
)
from commerce.api.order_lines import OrderLinesView
from commerce.api.order_parts import (
    OrderPartsView,
    OrderPartView,
    PartsOfOrderView,
    PartTransitionsView,
)
from commerce.api.orders import OrdersView, OrderView, TransitionsView
from commerce.api.price_changes import ApplyView, PriceChangesView, PriceChangeView, UndoView
from commerce.api.prices import CurrencyPriceView, PricesView, SaleView
from commerce.api.product_facets import FacetsView
from commerce.api.products import DuplicateView, ProductsView, ProductView
from commerce.api.rates import ConvertView, RatesView
from commerce.api.returns import (
    OrderReturnsView,
    ReturnStepsView,
    ReturnsView,
    ReturnView,
)
from commerce.api.stock import (
    CorrectionsView,
    CountsView,
    MovementsView,
    ReceiptsView,
    StockItemView,
    StockView,
    TransfersView,
)
from commerce.api.stock_locations import LocationsView, LocationView
from commerce.api.translations import TranslationsView, TranslationView
from commerce.api.variants import CombinationsView, OptionsView, VariantsView, VariantView
from commerce.api.vendor_returns import VendorReturnsView
from commerce.api.vendors import (
    InvitationView,
    MembersView,
    MemberView,
    VendorStepsView,
    VendorsView,
    VendorView,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("vendors/", VendorsView.as_view()),
    path("vendors/<uuid:id>/", VendorView.as_view()),
    path("vendors/<uuid:id>/transitions/", VendorStepsView.as_view()),
    path("vendors/<uuid:id>/members/", MembersView.as_view()),
    path("vendors/<uuid:id>/members/<uuid:person>/", MemberView.as_view()),
    path("vendor-invitations/<uuid:id>/", InvitationView.as_view()),
    path("categories/", CategoriesView.as_view()),
    path("categories/order/", CategoryOrderView.as_view()),
    path("categories/<uuid:id>/", CategoryView.as_view()),
    path("categories/<uuid:id>/fields/", CategoryFieldsView.as_view()),
    path("categories/<uuid:id>/fields/<uuid:field>/", FieldView.as_view()),
    path("fields/", FieldsView.as_view()),
    path("fields/<uuid:field>/", FieldView.as_view()),
    path("products/", ProductsView.as_view()),
    path("products/facets/", FacetsView.as_view()),
    path("products/<uuid:id>/", ProductView.as_view()),
    path("products/<uuid:id>/duplicate/", DuplicateView.as_view()),
    path("products/<uuid:id>/options/", OptionsView.as_view()),
    path("products/<uuid:id>/combinations/", CombinationsView.as_view()),
    path("products/<uuid:id>/translations/", TranslationsView.as_view()),
    path("products/<uuid:id>/translations/<str:language>/", TranslationView.as_view()),
    path("products/<uuid:id>/variants/", VariantsView.as_view()),
    path("products/<uuid:id>/media/", MediaListView.as_view()),
    path("products/<uuid:id>/media/order/", MediaOrderView.as_view()),
    path("products/<uuid:id>/media/<uuid:media>/", MediaView.as_view()),
    path("products/<uuid:id>/media/<uuid:media>/restore/", MediaRestoreView.as_view()),
    path("products/<uuid:id>/variants/<uuid:variant>/", VariantView.as_view()),
    path("products/<uuid:id>/variants/<uuid:variant>/prices/", PricesView.as_view()),
    path(
        "products/<uuid:id>/variants/<uuid:variant>/prices/<str:currency>/",
        CurrencyPriceView.as_view(),
    ),
    path(
        "products/<uuid:id>/variants/<uuid:variant>/prices/<str:currency>/sale/",
        SaleView.as_view(),
    ),
    path("price-changes/", PriceChangesView.as_view()),
    path("price-changes/<uuid:id>/", PriceChangeView.as_view()),
    path("price-changes/<uuid:id>/apply/", ApplyView.as_view()),
    path("price-changes/<uuid:id>/undo/", UndoView.as_view()),
    path("carts/", CartsView.as_view()),
    path("carts/restore/", RestoreView.as_view()),
    path("carts/<str:token>/", CartView.as_view()),
    path("carts/<str:token>/claim/", ClaimView.as_view()),
    path("carts/<str:token>/items/", CartItemsView.as_view()),
    path("carts/<str:token>/items/<uuid:variant>/", CartItemView.as_view()),
    path("carts/<str:token>/coupon/", CartCouponView.as_view()),
    path("carts/<str:token>/shipping-methods/", CartShippingView.as_view()),
    path("carts/<str:token>/checkout/", CheckoutView.as_view()),
    path("exchange-rates/", RatesView.as_view()),
    path("exchange-rates/convert/", ConvertView.as_view()),
    path("orders/", OrdersView.as_view()),
    path("orders/<uuid:id>/", OrderView.as_view()),
    path("orders/<uuid:id>/transitions/", TransitionsView.as_view()),
    path("orders/<uuid:id>/parts/", PartsOfOrderView.as_view()),
    path("orders/<uuid:id>/lines/", OrderLinesView.as_view()),
    path("orders/<uuid:id>/notes/", NotesView.as_view()),
    path("orders/<uuid:id>/revisions/", RevisionsView.as_view()),
    path("orders/<uuid:id>/take-back/", TakeBackView.as_view()),
    path("orders/<uuid:id>/payment-request/", PaymentRequestView.as_view()),
    path("orders/<uuid:id>/bring-back/", BringBackView.as_view()),
    path("order-parts/", OrderPartsView.as_view()),
    path("order-parts/<uuid:id>/", OrderPartView.as_view()),
    path("order-parts/<uuid:id>/transitions/", PartTransitionsView.as_view()),
    path("orders/<uuid:id>/returns/", OrderReturnsView.as_view()),
    path("vendor-returns/", VendorReturnsView.as_view()),
    path("returns/", ReturnsView.as_view()),
    path("returns/<uuid:id>/", ReturnView.as_view()),
    path("returns/<uuid:id>/transitions/", ReturnStepsView.as_view()),
    path("stock/", StockView.as_view()),
    path("stock/receipts/", ReceiptsView.as_view()),
    path("stock/counts/", CountsView.as_view()),
    path("stock/corrections/", CorrectionsView.as_view()),
    path("stock/transfers/", TransfersView.as_view()),
    path("stock/<uuid:id>/", StockItemView.as_view()),
    path("stock/<uuid:id>/movements/", MovementsView.as_view()),
    path("stock-locations/", LocationsView.as_view()),
    path("stock-locations/<uuid:id>/", LocationView.as_view()),
    path("bulk/targets/", TargetsView.as_view()),
    path("bulk/mappings/", MappingsView.as_view()),
    path("bulk/imports/", ImportsView.as_view()),
    path("bulk/exports/", ExportsView.as_view()),
    path("bulk/jobs/", JobsView.as_view()),
    path("bulk/jobs/<uuid:id>/", JobView.as_view()),
    path("bulk/jobs/<uuid:id>/rows/", JobRowsView.as_view()),
    path("bulk/jobs/<uuid:id>/check/", CheckView.as_view()),
    path("bulk/jobs/<uuid:id>/steps/", JobStepsView.as_view()),
    path("bulk/jobs/<uuid:id>/file/", JobFileView.as_view()),
]

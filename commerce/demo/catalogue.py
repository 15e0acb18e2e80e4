"""What the made-up shop sells. Prices are in euro cents; other currencies follow from them."""

from dataclasses import dataclass

TITLE = {
    "home": "Home", "kitchen": "Kitchen", "tea": "Tea and coffee", "textiles": "Textiles",
    "light": "Light", "paper": "Paper and writing", "bags": "Bags", "care": "Body care",
    "pantry": "Pantry", "courses": "Courses",
}  # fmt: skip
PARENT = {
    "kitchen": "home", "tea": "kitchen", "textiles": "home", "light": "home", "pantry": "kitchen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """A seller of the demo."""

    slug: str
    name: str
    country: str
    currency: str
    commission_bps: int
    contact: str


@dataclass(frozen=True, slots=True)
class DemoProduct:
    """A product; `options` are the values of its one option, each a variant."""

    vendor: str
    category: str
    name: str
    cents: int
    description: str
    option: str = ""
    values: tuple[str, ...] = ()
    service: str = "goods"
    stock: int = 60


VENDORS = (
    DemoVendor("kyoto-iron", "Kyoto Iron", "JP", "JPY", 1200, "Haruka Mori"),
    DemoVendor("atelier-lin", "Atelier Lin", "FR", "EUR", 1000, "Camille Roche"),
    DemoVendor("nordlys", "Nordlys Light", "DK", "DKK", 900, "Freja Holm"),
    DemoVendor("medina-works", "Medina Works", "MA", "EUR", 1500, "Youssef Alami"),
    DemoVendor("highland-paper", "Highland Paper", "GB", "GBP", 1000, "Isla Munro"),
    DemoVendor("andes-pantry", "Andes Pantry", "PE", "USD", 1300, "Rosa Quispe"),
)

P = DemoProduct
_S, _M, _L = "S", "M", "L"
PRODUCTS = (
    P("kyoto-iron", "tea", "Cast-iron teapot", 7900, "Holds 0.8 l, enamelled inside, keeps warm for an hour.", "Colour", ("Black", "Moss", "Rust")),
    P("kyoto-iron", "tea", "Tea cups, set of four", 4200, "Thin stoneware with an unglazed foot.", "Colour", ("White", "Indigo")),
    P("kyoto-iron", "tea", "Bamboo whisk", 1900, "Hand-split from one piece, for matcha."),
    P("kyoto-iron", "tea", "Cherry-bark tea caddy", 3600, "Airtight, ages to a deep red.", "Size", (_S, _L)),
    P("kyoto-iron", "kitchen", "Santoku knife, 17 cm", 12900, "Three layers of steel, chestnut handle.", stock=25),
    P("kyoto-iron", "kitchen", "Sharpening stone", 4900, "Two sides, 1000 and 6000."),
    P("kyoto-iron", "kitchen", "Iron frying pan", 6900, "No coating; better every year.", "Size", ("24 cm", "28 cm")),
    P("kyoto-iron", "home", "Wind bell", 2400, "Rings on a breath of air."),
    P("atelier-lin", "textiles", "Linen bed sheet", 11900, "Washed European linen.", "Size", ("140", "180", "240")),
    P("atelier-lin", "textiles", "Linen tea towels, pair", 2600, "Dries glass without a trace.", "Colour", ("Natural", "Blue stripe")),
    P("atelier-lin", "textiles", "Waffle bath towel", 3900, "Light, and dry again by noon.", "Colour", ("Chalk", "Clay", "Olive")),
    P("atelier-lin", "textiles", "Wool blanket", 14900, "Woven in the Vosges.", "Colour", ("Grey", "Ochre"), stock=30),
    P("atelier-lin", "bags", "Canvas tote", 3400, "Waxed base, inside pocket.", "Colour", ("Sand", "Navy")),
    P("atelier-lin", "bags", "Weekender", 18900, "Canvas and leather, cabin size.", stock=18),
    P("atelier-lin", "care", "Savon de Marseille, six", 1800, "72 % olive oil, nothing else."),
    P("atelier-lin", "textiles", "Apron", 4500, "Crossed back, two pockets.", "Size", (_S, _M, _L)),
    P("nordlys", "light", "Paper pendant", 8900, "Folded by hand, 40 cm.", "Size", ("30 cm", "40 cm", "60 cm")),
    P("nordlys", "light", "Desk lamp", 13900, "Warm to cold light, one knob.", "Colour", ("Brass", "Black")),
    P("nordlys", "light", "Candle holder", 2900, "Solid brass, for thin candles.", "Size", (_S, _L)),
    P("nordlys", "light", "Beeswax candles, eight", 2200, "Burn for seven hours each."),
    P("nordlys", "light", "Window star", 4400, "Paper star with a light inside.", stock=40),
    P("nordlys", "home", "Oak tray", 5400, "Round, 42 cm, oiled."),
    P("nordlys", "home", "Wall hooks, three", 3300, "Turned ash."),
    P("medina-works", "home", "Zellige coasters, four", 2700, "Glazed clay, no two alike.", "Colour", ("Green", "Ink", "Honey")),
    P("medina-works", "home", "Berber rug, 120 x 180", 32900, "Knotted wool, natural dyes.", stock=9),
    P("medina-works", "home", "Floor cushion", 7600, "Kilim, filled.", "Colour", ("Red", "Sand")),
    P("medina-works", "care", "Argan oil, 100 ml", 2800, "Cold pressed by a women's cooperative."),
    P("medina-works", "care", "Black soap", 1400, "For the hammam, or the bath at home."),
    P("medina-works", "bags", "Leather satchel", 15900, "Vegetable tanned, brass buckle.", stock=15),
    P("medina-works", "tea", "Mint tea glasses, six", 3100, "Heat-proof, gold rim."),
    P("highland-paper", "paper", "Notebook, hard cover", 1900, "192 pages that take ink well.", "Ruling", ("Plain", "Lined", "Dots")),
    P("highland-paper", "paper", "Letter set", 2300, "20 sheets, 20 envelopes."),
    P("highland-paper", "paper", "Fountain pen", 6400, "Steel nib, piston filler.", "Nib", ("F", "M", "B")),
    P("highland-paper", "paper", "Ink, 50 ml", 1500, "From plants; fades to silver.", "Colour", ("Iron", "Heather", "Peat")),
    P("highland-paper", "paper", "Wall calendar", 2100, "Twelve linocuts.", stock=80),
    P("highland-paper", "courses", "Letterpress in a weekend", 14900, "Online, six lessons, yours to keep.", service="workshops"),
    P("andes-pantry", "pantry", "Cacao nibs, 250 g", 1200, "From Piura, single farm."),
    P("andes-pantry", "pantry", "Dark chocolate, 70 %", 590, "Two ingredients.", "Size", ("70 g", "250 g")),
    P("andes-pantry", "pantry", "Pink salt of Maras, 200 g", 890, "Hand-raked."),
    P("andes-pantry", "tea", "Coffee beans, 500 g", 1690, "Washed, Cajamarca.", "Roast", ("Filter", "Espresso")),
    P("andes-pantry", "textiles", "Alpaca scarf", 6900, "Baby alpaca, undyed.", "Colour", ("Ivory", "Grey", "Brown")),
    P("andes-pantry", "courses", "Roasting at home", 8900, "Online, four lessons.", service="workshops"),
)  # fmt: skip

# how many minor units a euro cent is worth, and to what they are rounded (a price ends nicely)
CURRENCIES = {"EUR": (1.0, 10), "USD": (1.1, 10), "GBP": (0.86, 10), "JPY": (1.65, 10)}
DOWNLOADS = "courses"


def price_in(currency: str, cents: int) -> int:
    """A demo price in minor units of a currency."""
    factor, step = CURRENCIES[currency]
    return max(step, round(cents * factor / step) * step)

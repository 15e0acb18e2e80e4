"""A still life: a wall, a table, a thing and its shadow. Drawn at twice the size, then smoothed."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 720, 540
TWICE = 2
TABLE = 0.72  # where the wall ends and the table begins
Colour = tuple[int, int, int]
Point = tuple[float, float]


class Canvas:
    """Places are parts of the width and height, from 0 to 1."""

    def __init__(self, wall: Colour) -> None:
        rows = HEIGHT * TWICE
        edge = int(rows * TABLE)
        strip = Image.new("RGB", (1, rows))
        for row in range(rows):
            light = 1.04 - 0.16 * row / edge if row < edge else 0.80 + 0.1 * (row - edge) / edge
            strip.putpixel((0, row), shade(wall, light))
        self.image = strip.resize((WIDTH * TWICE, rows), Image.Resampling.NEAREST)
        self.pen = ImageDraw.Draw(self.image)

    def shadow(self, x: float, width: float, y: float = 0.82) -> None:
        """Soft, on the table."""
        wide, high = WIDTH // 4, HEIGHT // 4  # it is blurred anyway
        veil = Image.new("L", (wide, high), 0)
        box = [(x - width) * wide, (y - 0.025) * high, (x + width) * wide, (y + 0.04) * high]
        ImageDraw.Draw(veil).ellipse(box, fill=90)
        veil = veil.filter(ImageFilter.GaussianBlur(3)).resize(
            self.image.size, Image.Resampling.BILINEAR
        )
        self.image.paste((20, 20, 25), (0, 0), veil)

    def oval(self, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
        """Filled."""
        self.pen.ellipse([*self._at(x0, y0), *self._at(x1, y1)], fill=colour)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, round_: float = 0.01
    ) -> None:
        """Filled, with round corners."""
        corner = round_ * WIDTH * TWICE
        self.pen.rounded_rectangle(
            [*self._at(x0, y0), *self._at(x1, y1)], radius=corner, fill=colour
        )

    def shape(self, points: list[Point], colour: Colour) -> None:
        """Filled, from corner to corner."""
        self.pen.polygon([self._at(*point) for point in points], fill=colour)

    def line(self, points: list[Point], colour: Colour, width: float = 0.01) -> None:
        """From point to point."""
        places = [self._at(*point) for point in points]
        self.pen.line(places, fill=colour, width=int(width * WIDTH * TWICE), joint="curve")

    def ring(
        self, x0: float, y0: float, x1: float, y1: float, colour: Colour, width: float = 0.012,
        start: int = 0, end: int = 360,
    ) -> None:  # fmt: skip
        """A part of an oval's edge."""
        box = [*self._at(x0, y0), *self._at(x1, y1)]
        self.pen.arc(box, start, end, fill=colour, width=int(width * WIDTH * TWICE))

    def signed(self, name: str, colour: Colour) -> None:
        """The thing's name, small, in the corner."""
        font = ImageFont.load_default(size=17 * TWICE)
        self.pen.text(self._at(0.04, 0.93), name, font=font, fill=colour)

    def finished(self) -> BytesIO:
        """As a file."""
        out = BytesIO()
        small = self.image.reduce(TWICE)
        small.save(out, "JPEG", quality=92)
        out.seek(0)
        return out

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * WIDTH * TWICE, y * HEIGHT * TWICE


Shape = Callable[[Canvas, Colour], None]


def shade(colour: Colour, light: float) -> Colour:
    """Darker (below 1) or lighter."""
    red, green, blue = (min(255, max(0, int(part * light))) for part in colour)
    return red, green, blue

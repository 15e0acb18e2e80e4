"""Things that stand on the table. Each is drawn in one colour and its shades."""

import math

from commerce.demo.pictures.canvas import Canvas, Colour, Shape, shade

STEEL, WOOD, CREAM, BRASS = (188, 194, 200), (150, 108, 70), (244, 238, 226), (196, 158, 84)


def pot(c: Canvas, k: Colour) -> None:
    """A teapot."""
    c.shadow(0.5, 0.24)
    c.ring(0.38, 0.22, 0.62, 0.6, shade(k, 0.7), 0.016, 180, 360)
    c.shape([(0.66, 0.56), (0.8, 0.42), (0.84, 0.44), (0.7, 0.7)], shade(k, 0.9))
    c.oval(0.29, 0.42, 0.71, 0.84, k)
    c.oval(0.34, 0.46, 0.52, 0.66, shade(k, 1.18))
    c.oval(0.38, 0.4, 0.62, 0.5, shade(k, 0.85))
    c.oval(0.475, 0.36, 0.525, 0.43, shade(k, 0.7))


def cups(c: Canvas, k: Colour) -> None:
    """Two cups, one behind the other."""
    for x, y, light in ((0.6, 0.02, 0.9), (0.4, 0.06, 1.0)):
        c.shadow(x, 0.12, 0.78 + y)
        colour = shade(k, light)
        left, right, top, foot = x - 0.12, x + 0.12, 0.5 + y, 0.78 + y
        c.shape([(left, top), (right, top), (x + 0.08, foot), (x - 0.08, foot)], colour)
        c.oval(x - 0.08, foot - 0.03, x + 0.08, foot + 0.03, colour)
        c.oval(left, top - 0.035, right, top + 0.035, shade(colour, 1.12))
        c.oval(left + 0.02, top - 0.022, right - 0.02, top + 0.03, (120, 88, 52))


def tin(c: Canvas, k: Colour) -> None:
    """A tin, a jar, a bag of something, with a label."""
    c.shadow(0.5, 0.17)
    c.box(0.36, 0.3, 0.64, 0.84, k, 0.02)
    c.box(0.36, 0.3, 0.44, 0.84, shade(k, 1.14), 0.02)
    c.box(0.35, 0.25, 0.65, 0.36, shade(k, 0.8), 0.015)
    c.box(0.4, 0.48, 0.6, 0.7, CREAM, 0.008)
    for row in (0.54, 0.58, 0.62):
        c.line([(0.44, row), (0.56, row)], shade(k, 0.7), 0.005)


def knife(c: Canvas, k: Colour) -> None:
    """A kitchen knife on the table."""
    c.shadow(0.5, 0.34, 0.7)
    c.shape([(0.14, 0.66), (0.58, 0.54), (0.58, 0.68), (0.3, 0.72)], STEEL)
    c.shape([(0.14, 0.66), (0.58, 0.64), (0.58, 0.68), (0.3, 0.72)], shade(STEEL, 1.15))
    c.box(0.58, 0.545, 0.86, 0.62, k, 0.02)
    c.box(0.58, 0.545, 0.61, 0.62, shade(k, 0.6), 0.005)


def block(c: Canvas, k: Colour) -> None:
    """Blocks: soap, a stone, chocolate."""
    c.shadow(0.5, 0.27)
    for x, y in ((0.32, 0.62), (0.52, 0.64), (0.42, 0.46)):
        c.box(x, y, x + 0.2, y + 0.18, k, 0.012)
        c.box(x, y, x + 0.2, y + 0.06, shade(k, 1.15), 0.012)
        c.box(x + 0.06, y + 0.09, x + 0.14, y + 0.13, shade(k, 0.85), 0.005)


def pan(c: Canvas, k: Colour) -> None:
    """A frying pan from above."""
    c.shadow(0.44, 0.3, 0.76)
    c.line([(0.6, 0.6), (0.9, 0.42)], shade(k, 0.8), 0.035)
    c.oval(0.14, 0.42, 0.7, 0.84, shade(k, 0.85))
    c.oval(0.14, 0.4, 0.7, 0.8, k)
    c.oval(0.19, 0.44, 0.65, 0.76, shade(k, 1.2))


def bell(c: Canvas, k: Colour) -> None:
    """A wind bell on its string."""
    c.line([(0.5, 0.0), (0.5, 0.26)], (110, 100, 90), 0.004)
    c.shape([(0.42, 0.28), (0.58, 0.28), (0.66, 0.52), (0.34, 0.52)], k)
    c.oval(0.42, 0.2, 0.58, 0.36, k)
    c.oval(0.34, 0.49, 0.66, 0.55, shade(k, 0.75))
    c.line([(0.5, 0.52), (0.5, 0.64)], (110, 100, 90), 0.004)
    c.box(0.455, 0.64, 0.545, 0.8, CREAM, 0.004)


def cloth(c: Canvas, k: Colour) -> None:
    """A folded stack."""
    c.shadow(0.5, 0.3)
    for layer, light in enumerate((0.86, 1.0, 0.92, 1.08)):
        y = 0.74 - layer * 0.09
        c.box(0.24, y, 0.76, y + 0.1, shade(k, light), 0.035)
        c.line([(0.3, y + 0.05), (0.74, y + 0.05)], shade(k, light * 0.9), 0.004)


def bag(c: Canvas, k: Colour) -> None:
    """A bag with a handle."""
    c.shadow(0.5, 0.26)
    c.ring(0.36, 0.16, 0.64, 0.62, shade(k, 0.7), 0.018, 180, 360)
    c.shape([(0.27, 0.4), (0.73, 0.4), (0.78, 0.84), (0.22, 0.84)], k)
    c.shape([(0.27, 0.4), (0.73, 0.4), (0.74, 0.52), (0.26, 0.52)], shade(k, 0.88))
    c.box(0.47, 0.48, 0.53, 0.58, BRASS, 0.006)


def pendant(c: Canvas, k: Colour) -> None:
    """A round lamp that hangs."""
    c.line([(0.5, 0.0), (0.5, 0.24)], (90, 90, 90), 0.004)
    for grow in (0.06, 0.03):
        c.oval(0.3 - grow, 0.22 - grow, 0.7 + grow, 0.74 + grow, shade((255, 240, 205), 1 - grow))
    c.oval(0.3, 0.22, 0.7, 0.74, k)
    for row in range(6):
        c.ring(0.3, 0.22 + row * 0.045, 0.7, 0.74 - row * 0.045, shade(k, 0.92), 0.003)


def desk_lamp(c: Canvas, k: Colour) -> None:
    """A lamp with an arm."""
    c.shadow(0.46, 0.15)
    c.oval(0.34, 0.77, 0.58, 0.85, k)
    c.line([(0.46, 0.8), (0.4, 0.5), (0.58, 0.3)], shade(k, 0.85), 0.014)
    c.shape([(0.52, 0.22), (0.66, 0.2), (0.74, 0.44), (0.5, 0.42)], k)
    c.oval(0.5, 0.39, 0.74, 0.46, (255, 240, 190))


def candles(c: Canvas, k: Colour) -> None:
    """Three candles that burn."""
    c.shadow(0.5, 0.24)
    for x, top in ((0.36, 0.46), (0.5, 0.34), (0.64, 0.42)):
        c.box(x - 0.035, top, x + 0.035, 0.84, k, 0.008)
        c.box(x - 0.035, top, x - 0.01, 0.84, shade(k, 1.1), 0.008)
        c.oval(x - 0.016, top - 0.11, x + 0.016, top - 0.015, (255, 190, 70))
        c.oval(x - 0.008, top - 0.07, x + 0.008, top - 0.02, (255, 240, 190))


def star(c: Canvas, k: Colour) -> None:
    """A star at the window."""
    c.line([(0.5, 0.0), (0.5, 0.14)], (110, 100, 90), 0.004)
    for size, light in ((0.3, 1.0), (0.18, 1.15)):
        points = []
        for corner in range(16):
            far = size if corner % 2 == 0 else size * 0.42
            turn = corner * math.pi / 8 - math.pi / 2
            points.append((0.5 + far * 0.75 * math.cos(turn), 0.44 + far * math.sin(turn)))
        c.shape(points, shade(k, light))


def tiles(c: Canvas, k: Colour) -> None:
    """Four tiles, a rug, a cushion: a pattern lying there."""
    c.shadow(0.5, 0.32, 0.8)
    for column in range(4):
        for row in range(3):
            x, y = 0.2 + column * 0.15, 0.36 + row * 0.15
            light = 1.0 if (column + row) % 2 else 1.18
            c.box(x, y, x + 0.145, y + 0.145, shade(k, light), 0.004)
            centre = (x + 0.072, y + 0.072)
            c.shape(
                [(centre[0], y + 0.02), (x + 0.125, centre[1]), (centre[0], y + 0.125),
                 (x + 0.02, centre[1])], shade(k, light * 0.78),
            )  # fmt: skip


def bottle(c: Canvas, k: Colour) -> None:
    """A small bottle."""
    c.shadow(0.5, 0.13)
    c.box(0.46, 0.2, 0.54, 0.34, (50, 44, 40), 0.008)
    c.box(0.4, 0.36, 0.6, 0.84, k, 0.03)
    c.box(0.46, 0.3, 0.54, 0.42, k, 0.01)
    c.box(0.42, 0.38, 0.46, 0.82, shade(k, 1.3), 0.01)
    c.box(0.4, 0.52, 0.6, 0.72, CREAM, 0.004)


def book(c: Canvas, k: Colour) -> None:
    """A bound book, standing."""
    c.shadow(0.5, 0.22)
    c.shape([(0.34, 0.24), (0.64, 0.2), (0.64, 0.8), (0.34, 0.84)], k)
    c.shape([(0.64, 0.2), (0.7, 0.24), (0.7, 0.82), (0.64, 0.8)], CREAM)
    c.shape([(0.34, 0.24), (0.38, 0.235), (0.38, 0.835), (0.34, 0.84)], shade(k, 0.75))
    c.line([(0.58, 0.21), (0.58, 0.81)], shade(k, 0.6), 0.008)


def letter(c: Canvas, k: Colour) -> None:
    """Envelopes and a sheet."""
    c.shadow(0.5, 0.28)
    c.shape([(0.34, 0.22), (0.68, 0.26), (0.64, 0.7), (0.3, 0.66)], (252, 250, 244))
    c.box(0.28, 0.46, 0.74, 0.82, k, 0.004)
    c.shape([(0.28, 0.46), (0.74, 0.46), (0.51, 0.68)], shade(k, 0.88))
    c.oval(0.485, 0.62, 0.535, 0.69, (150, 44, 44))


def pen(c: Canvas, k: Colour) -> None:
    """A fountain pen and its line."""
    c.shadow(0.5, 0.3, 0.74)
    c.line([(0.24, 0.44), (0.6, 0.62)], k, 0.04)
    c.line([(0.6, 0.62), (0.68, 0.66)], shade(k, 0.6), 0.034)
    c.shape([(0.67, 0.63), (0.78, 0.72), (0.65, 0.69)], BRASS)
    c.line([(0.78, 0.72), (0.84, 0.74), (0.88, 0.7), (0.92, 0.74)], (40, 44, 80), 0.005)


BY_WORD: dict[str, Shape] = {
    "teapot": pot, "cups": cups, "glasses": cups, "whisk": bell, "caddy": tin, "knife": knife,
    "stone": block, "pan": pan, "bell": bell, "sheet": cloth, "towel": cloth, "towels": cloth,
    "blanket": cloth, "tote": bag, "weekender": bag, "satchel": bag, "savon": block,
    "apron": cloth, "pendant": pendant, "lamp": desk_lamp, "candle": candles,
    "candles": candles, "star": star, "tray": tiles, "coasters": tiles, "rug": tiles,
    "cushion": tiles, "oil": bottle, "soap": block, "notebook": book, "letter": letter,
    "pen": pen, "ink": bottle, "calendar": book, "letterpress": letter, "nibs": tin,
    "chocolate": block, "salt": tin, "beans": tin, "scarf": cloth, "roasting": cups,
}  # fmt: skip


def shape_for(name: str) -> Shape:
    """What a product of this name looks like; a tin where nobody has thought of it."""
    words = name.lower().replace(",", " ").replace("-", " ").split()
    return next((BY_WORD[word] for word in reversed(words) if word in BY_WORD), tin)

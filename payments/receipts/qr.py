"""A link as a square to scan, drawn as one path."""

import qrcode  # type: ignore[import-untyped]


def svg(link: str) -> str:
    """SVG with one unit a module, without a border: the page leaves room around it."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(link)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    size = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{squares}" fill="#16302e"/></svg>'
    )

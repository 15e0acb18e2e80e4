"""Pictures of the demo's products: drawn, always the same, and quickly."""

from commerce.demo.pictures.hanging import hang_pictures

__all__ = ["hang_pictures"]

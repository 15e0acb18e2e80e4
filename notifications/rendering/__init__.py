from notifications.rendering.render import Rendered, render, render_with_copy

__all__ = ["Rendered", "render", "render_with_copy"]

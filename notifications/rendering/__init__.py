from notifications.rendering.render import Rendered, render, render_masked, render_sample

__all__ = ["Rendered", "render", "render_masked", "render_sample"]

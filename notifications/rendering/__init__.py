from notifications.rendering.render import Rendered, push_words, render_with_copy

__all__ = ["Rendered", "push_words", "render_with_copy"]

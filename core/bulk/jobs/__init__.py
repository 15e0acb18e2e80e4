"""A bulk job from the person who asked for it to the worker that does it."""

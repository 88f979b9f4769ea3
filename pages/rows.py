"""Prove it: the definition, the windows and the very rows behind a number."""

from ui import shell

page = shell.page("Prove it")
shell.heading(page, "Prove it")

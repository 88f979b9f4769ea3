"""How long work tells how far it is."""

from collections.abc import Callable

#: Told what is being done, how much of it is done, and how much there is. It may raise Cancelled.
Progress = Callable[[str, int, int], None]

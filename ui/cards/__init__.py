"""What department pages are made of: cards that say what they ask and draw the answers."""

from ui.cards.against import Against
from ui.cards.bands import Bands
from ui.cards.breakdown import Breakdown
from ui.cards.card import Answers, Card
from ui.cards.estimates import Estimates
from ui.cards.funnel import Funnel
from ui.cards.heat import Heat
from ui.cards.leaderboard import Leaderboard
from ui.cards.ledger import Ledger
from ui.cards.listing import Listing
from ui.cards.map import Map
from ui.cards.retention import Retention
from ui.cards.rfm import Rfm
from ui.cards.row import Row
from ui.cards.shares import Shares
from ui.cards.sites import Sites
from ui.cards.steps import Steps
from ui.cards.tiles import Tiles
from ui.cards.trend import Trend
from ui.cards.waiting import Waiting

__all__ = [
    "Against",
    "Answers",
    "Bands",
    "Breakdown",
    "Card",
    "Estimates",
    "Funnel",
    "Heat",
    "Leaderboard",
    "Ledger",
    "Listing",
    "Map",
    "Retention",
    "Rfm",
    "Row",
    "Shares",
    "Sites",
    "Steps",
    "Tiles",
    "Trend",
    "Waiting",
]

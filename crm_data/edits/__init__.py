"""Editing contacts and cases: the only writer for forms. docs/editing.md says what it promises."""

from crm_data.edits.act import actor
from crm_data.edits.cases import (
    change_case,
    comment,
    find_case,
    open_case,
    reopen,
    resolve,
    set_waiting,
    set_working,
)
from crm_data.edits.contacts import correct_contact, create_contact, find_contact, set_consent
from crm_data.edits.dimensions import mark, unmark
from crm_data.edits.duplicates import Duplicate, duplicates
from crm_data.edits.errors import Changed, Conflict, Gone, Invalid, NotSaved
from crm_data.edits.fields import national
from crm_data.edits.history import Change, Deed, history
from crm_data.edits.merge import CHOICES, merge, proposal
from crm_data.edits.pairs import MOST, LikelyPair, compare_again, keep_apart, kept_apart, undecided
from crm_data.edits.pairs_process import look_for_pairs
from crm_data.edits.rates import Entered, add_rate, entered_rates
from crm_data.edits.revise import Saved, news
from crm_data.edits.undo import Blocked, undo

__all__ = [
    "CHOICES",
    "MOST",
    "Blocked",
    "Change",
    "Changed",
    "Conflict",
    "Deed",
    "Duplicate",
    "Entered",
    "Gone",
    "Invalid",
    "LikelyPair",
    "NotSaved",
    "Saved",
    "actor",
    "add_rate",
    "change_case",
    "comment",
    "compare_again",
    "correct_contact",
    "create_contact",
    "duplicates",
    "entered_rates",
    "find_case",
    "find_contact",
    "history",
    "keep_apart",
    "kept_apart",
    "look_for_pairs",
    "mark",
    "merge",
    "national",
    "news",
    "open_case",
    "proposal",
    "reopen",
    "resolve",
    "set_consent",
    "set_waiting",
    "set_working",
    "undecided",
    "undo",
    "unmark",
]

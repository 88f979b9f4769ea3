"""Which system a file comes from, what its columns mean, and the mapping that follows.

vendors/    what is known of each system, as data
vendors.py  reading it
look        what a file holds: its headings, and a sample of each column
score       which system and object the headings and values fit
spelling    how dates and numbers are written, told from a whole column
words       the words of stages, statuses, reasons and channels, and what they become
recognition from files to what they are held to be
columns     which column of the CRM each column of the file fills
corrected   what a person says of single columns
told        what the cells of a file tell of how to read it
dates       how its dates are written
propose     a mapping of it all, and its text
in_crm      what the CRM that takes the files knows of them
"""

from crm_data.importers.recognise.model import (
    CUSTOM,
    ID,
    LEFT_OUT,
    Candidate,
    ColumnGuess,
    Override,
    Proposal,
    Recognised,
)
from crm_data.importers.recognise.propose import propose
from crm_data.importers.recognise.recognition import overridden, recognise

__all__ = [
    "CUSTOM",
    "ID",
    "LEFT_OUT",
    "Candidate",
    "ColumnGuess",
    "Override",
    "Proposal",
    "Recognised",
    "overridden",
    "propose",
    "recognise",
]

"""Contacts: find one, see all about it, correct it on the spot."""

from ui import desk, shell
from ui.contact_list import contact_list
from ui.contact_pairs import DUPLICATES, contact_pairs
from ui.contact_record import contact_page

page = shell.page("Contacts")
shell.heading(page, "Contacts", records=True)
if page.view.contact:
    contact_page(page, page.view.contact)
elif page.view.finding == DUPLICATES:
    desk.said()
    contact_pairs(page)
else:
    desk.said()
    contact_list(page)

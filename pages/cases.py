"""Cases: what waits to be done, the most urgent first, and doing it."""

from ui import desk, shell
from ui.case_queue import case_queue
from ui.case_record import case_page

page = shell.page("Cases")
shell.heading(page, "Cases", records=True)
if page.view.case:
    case_page(page, page.view.case)
else:
    desk.said()
    case_queue(page)

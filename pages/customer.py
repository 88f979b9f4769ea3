"""Customer: everything about one account. `customer?account=ID`; without an account, a finder."""

import streamlit as st

from ui import customer, shell
from ui.links import link

page = shell.page("Customer")
view = page.view
known = customer.known(page) if view.account else None

link("customers", "‹ Customers", view.overview())
shell.heading(page, known.profile.account["name"] if known else "Find a customer")
customer.finder(page)
if known is None:
    if view.account:
        customer.unknown(page)
    st.stop()

customer.figures(page, known)
with st.container(key="proof"):
    customer.about(page, known)
    customer.health(page, known)
customer.belongings(page, known)
customer.history(page, known)

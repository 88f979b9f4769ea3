// A link in our HTML changes the page as Streamlit's own links do, without loading everything anew:
// to Streamlit it looks like the browser's back and forward buttons. Without this script it still works.
// What stands behind "#" is the part of the page, by its key, that the link changes: it comes into sight.
// A menu closes when its link, or anything outside of it, is clicked.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("nav details[open]")) {
    if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
  }
  const link = event.target.closest("a[target=_self]");
  const special = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || special || event.defaultPrevented) return;
  const to = new URL(link.getAttribute("href"), location.href); // in a drawing, a link's href is no text
  if (to.origin !== location.origin) return;
  event.preventDefault();
  history.pushState({}, "", to);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  if (to.hash) document.querySelector(`.st-key-${CSS.escape(to.hash.slice(1))}`)?.scrollIntoView();
});

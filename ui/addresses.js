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
  if (!link || special || event.defaultPrevented || link.origin !== location.origin) return;
  event.preventDefault();
  history.pushState({}, "", link.href);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  if (link.hash) document.querySelector(`.st-key-${CSS.escape(link.hash.slice(1))}`)?.scrollIntoView();
});

// What a mark of a chart is said to be shows beside the pointer. Its words are its accessible name.
{
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("aria-hidden", "true");
  const hide = () => tip.remove();
  document.addEventListener("pointermove", (event) => {
    const mark = event.target.closest?.(":is(.plot, .ring, .globe) a[aria-label]");
    const app = document.querySelector(".stApp");
    if (!mark || !app) return hide();
    tip.textContent = mark.getAttribute("aria-label");
    if (!tip.isConnected) app.append(tip);
    const left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
    const above = event.clientY - tip.offsetHeight - 12;
    tip.style.left = `${Math.max(left, 8)}px`;
    tip.style.top = `${above > 8 ? above : event.clientY + 20}px`;
  });
  for (const end of ["click", "scroll", "pointerleave"]) document.addEventListener(end, hide, true);
}

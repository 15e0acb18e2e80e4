// The page's one button. Scripts inside the page are not allowed, so it stands here.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());

// Keeps the page of an import or export fresh while it is at work: how far, how fast, how long yet.
(() => {
  const live = document.getElementById("bulk-live");
  if (!live) return;
  const seen = []; // [time in ms, rows done] of the last looks at one step
  let step = "";

  const part = () => live.querySelector("[data-at-work]");
  const atWork = () => part()?.dataset.atWork === "yes";

  const minutes = (seconds) =>
    seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;

  const tellRate = () => {
    const { done, total, step: now } = part().dataset;
    if (now !== step) seen.length = 0;
    step = now;
    seen.push([performance.now(), Number(done)]);
    if (seen.length > 12) seen.shift();
    const [began, first] = seen[0];
    const rate = ((Number(done) - first) * 1000) / (performance.now() - began || 1);
    const place = live.querySelector("[data-rate]");
    if (!place || !(rate > 0)) return;
    const left = Number(total) > 0 ? `, ${minutes((Number(total) - Number(done)) / rate)} left` : "";
    place.textContent = `· ${Math.round(rate).toLocaleString()} rows/s${left}`;
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(live.dataset.url, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = fresh.querySelector("[data-at-work]");
      if (now) live.replaceChildren(document.adoptNode(now));
      if (atWork()) tellRate();
    } catch { /* the server is away for a moment; the next look tells */ }
  };

  if (atWork()) tellRate();
  const clock = setInterval(async () => {
    if (!atWork()) return clearInterval(clock);
    await look();
  }, 1500);
})();

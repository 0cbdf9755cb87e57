// Keeps a board live: the server sends what moved; here the countdowns tick, in the words of the page's language. The page is whole without
// this script. On a wall it runs for days: it comes back by itself, and says plainly when it has heard nothing.
"use strict";
const calls = document.getElementById("calls");
const live = document.getElementById("live");
const stale = document.getElementById("stale");
const words = calls.dataset;
const HOUR = 3600000, AGAIN = 10000, SILENT = 60000; // milliseconds; the server says something every 20 s
let heard = Date.now(), edition = "";

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

function left(milliseconds) { // as lines.left
  const total = Math.floor(Math.abs(milliseconds) / 1000), two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(total / 86400), hours = Math.floor(total / 3600) % 24, minutes = Math.floor(total / 60) % 60;
  const form = days ? "days" : hours ? "hours" : minutes >= 10 ? "minutes" : "seconds";
  const said = fill(words[form], { days, hours, minutes: form === "hours" ? two(minutes) : minutes, seconds: two(total % 60) });
  return milliseconds < 0 ? fill(words.over, { left: said }) : said;
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function clock(now, zone) {
  return now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

function tick() {
  const now = new Date(), here = document.getElementById("here"), line = document.getElementById("now-line");
  write(document.getElementById("clock"), `${now.toISOString().slice(11, 16)} UTC`);
  if (here) write(here, clock(now, here.dataset.zone));
  for (const time of calls.querySelectorAll("time.left")) {
    const remaining = new Date(time.dateTime) - now;
    write(time, left(remaining));
    time.classList.toggle("over", remaining < 0);
    time.classList.toggle("soon", remaining >= 0 && remaining < HOUR);
  }
  if (line) {
    const { since, until, left: from } = line.ownerSVGElement.dataset, width = line.ownerSVGElement.viewBox.baseVal.width;
    const share = Math.min(Math.max((now - new Date(since)) / (new Date(until) - new Date(since)), 0), 1);
    const x = Number(from) + share * (width - Number(from));
    for (const end of ["x1", "x2"]) line.setAttribute(end, x.toFixed(1));
  }
  const silent = now - heard > SILENT;
  if (silent) {
    write(stale, fill(words.stale, { time: clock(new Date(heard)) }));
    write(live, words.lost);
    live.classList.remove("on");
  }
  if (stale.hidden === silent) stale.hidden = !silent;
  document.body.classList.toggle("is-stale", silent);
}

function place(element) { // where the keyboard is, in words that hold after the calls were replaced
  if (!calls.contains(element)) return null;
  const call = element.closest("tbody.call"), details = element.closest("summary")?.parentElement;
  if (details) return `#${CSS.escape(details.id)} > summary`;
  return call ? `#${CSS.escape(call.id)} a` : `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
}

function changed(change) { // the calls are changed by `change`, and the keyboard stays where it was
  const focused = place(document.activeElement);
  change();
  if (focused && document.activeElement === document.body) calls.querySelector(focused)?.focus({ preventScroll: true });
  tick();
  calls.dispatchEvent(new Event("changed"));
}

function replace(html) {
  const states = new Map([...calls.querySelectorAll("tbody.call")].map((call) => [call.id, call.className]));
  const details = new Map([...calls.querySelectorAll("details[id]")].map((one) => [one.id, one.open]));
  changed(() => {
    calls.innerHTML = html;
    for (const [id, open] of details) document.getElementById(id)?.toggleAttribute("open", open);
  });
  for (const call of calls.querySelectorAll("tbody.call"))
    if (states.size && states.get(call.id) !== call.className.replace(" moved", "")) call.classList.add("moved");
}

function amend(html) { // each piece takes the place of the one with its id
  const news = document.createElement("template");
  news.innerHTML = html;
  changed(() => {
    for (const piece of news.content.querySelectorAll("[id^=calls-], tbody.call")) {
      if (piece.matches("tbody")) piece.classList.add("moved");
      document.getElementById(piece.id)?.replaceWith(piece);
    }
  });
}

function alive() {
  heard = Date.now();
  write(live, words.live);
  live.classList.add("on");
}

function listen(address) {
  const events = new EventSource(address);
  events.addEventListener("calls", (event) => { alive(); replace(event.data); });
  events.addEventListener("moved", (event) => { alive(); amend(event.data); });
  events.addEventListener("beat", (event) => {
    alive();
    if (edition && edition !== event.data) location.reload(); // the gateway was renewed
    edition = event.data;
  });
  events.addEventListener("open", alive);
  events.addEventListener("error", () => {
    write(live, words.lost);
    live.classList.remove("on");
    if (events.readyState !== EventSource.CLOSED) return; // the browser itself tries again
    const again = new URL(address, location); // a refusal ends it: begin anew, knowing nothing
    again.searchParams.delete("seen");
    setTimeout(() => listen(again), AGAIN);
  });
}

for (const choice of document.querySelectorAll(".filter select"))
  choice.addEventListener("change", () => choice.form.requestSubmit());
listen(words.events);
tick();
setInterval(tick, 1000);

// Keeps the board live: the server sends the calls anew when something moved; here the countdowns tick. The page is whole
// without this script.
"use strict";
const calls = document.getElementById("calls");
const live = document.getElementById("live");
const clock = document.getElementById("clock");
const HOUR = 3600000, AGAIN = 10000; // milliseconds

function words(milliseconds) { // as lines.left
  const seconds = Math.floor(Math.abs(milliseconds) / 1000), minutes = Math.floor(seconds / 60) % 60;
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return minutes >= 10 ? `${minutes} min` : `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = new Date();
  write(clock, `${now.toISOString().slice(11, 16)} UTC`);
  for (const left of calls.querySelectorAll("time.left")) {
    const remaining = new Date(left.dateTime) - now;
    write(left, words(remaining) + (remaining < 0 ? " overdue" : ""));
    left.classList.toggle("over", remaining < 0);
    left.classList.toggle("soon", remaining >= 0 && remaining < HOUR);
  }
}

function place(element) { // where the keyboard is, in words that hold after the calls were replaced
  if (!calls.contains(element)) return null;
  const call = element.closest("tbody.call");
  return call ? `#${CSS.escape(call.id)} summary` : `a[href="${CSS.escape(element.getAttribute("href") ?? "")}"]`;
}

function replace(html) {
  const open = [...calls.querySelectorAll("details[open]")].map((details) => details.closest("tbody").id);
  const states = new Map([...calls.querySelectorAll("tbody.call")].map((call) => [call.id, call.className]));
  const focused = place(document.activeElement);
  calls.innerHTML = html;
  for (const id of open) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
  for (const call of calls.querySelectorAll("tbody.call"))
    if (states.get(call.id) !== call.className) call.classList.add("moved");
  if (focused) calls.querySelector(focused)?.focus({ preventScroll: true });
  tick();
}

function listen(address) {
  const events = new EventSource(address);
  events.addEventListener("calls", (event) => replace(event.data));
  events.addEventListener("open", () => { write(live, "live"); live.classList.add("on"); });
  events.addEventListener("error", () => {
    write(live, "connection lost, trying again");
    live.classList.remove("on");
    if (events.readyState !== EventSource.CLOSED) return; // the browser itself tries again
    const again = new URL(address, location); // a refusal ends it: begin anew, knowing nothing
    again.searchParams.delete("seen");
    setTimeout(() => listen(again), AGAIN);
  });
}

document.getElementById("port").addEventListener("change", (event) => event.target.form.requestSubmit());
listen(calls.dataset.events);
tick();
setInterval(tick, 1000);

// Keeps the board live: the server sends the table anew when something moved; here only the countdowns tick.
"use strict";
const calls = document.getElementById("calls");
const live = document.getElementById("live");
const clock = document.getElementById("clock");

function words(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes < 0) return "now";
  const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24;
  if (days) return `${days} d ${hours} h`;
  return hours ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${minutes} min`;
}

function tick() {
  const now = new Date();
  clock.textContent = `${now.toISOString().slice(11, 16)} UTC`;
  for (const left of calls.querySelectorAll("time.left")) {
    const remaining = new Date(left.dateTime) - now;
    left.textContent = words(remaining);
    left.classList.toggle("soon", remaining < 3600000);
  }
}

const events = new EventSource(calls.dataset.events);
events.addEventListener("calls", (event) => {
  const open = new Set([...calls.querySelectorAll("details[open]")].map((d) => d.closest("tr").id));
  calls.innerHTML = event.data;
  for (const id of open) document.getElementById(id)?.querySelector("details")?.setAttribute("open", "");
  tick();
});
events.addEventListener("open", () => { live.textContent = "live"; live.classList.add("on"); });
events.addEventListener("error", () => { live.textContent = "connection lost, trying again"; live.classList.remove("on"); });
tick();
setInterval(tick, 1000);

// A wall screen pages through what does not fit. board.js keeps it live.
"use strict";
const turn = document.getElementById("turn");
const TURN = 12000; // milliseconds: fifteen lines are read in less
let at = 0;

function sheets() { // the calls, as many together as fit below the head
  const bodies = [...calls.querySelectorAll("table.calls > tbody")], found = [[]];
  for (const body of bodies) body.hidden = false;
  const table = calls.querySelector("table.calls"), room = window.innerHeight - (table?.tHead.getBoundingClientRect().bottom ?? 0) - 8;
  let taken = 0, day = null;
  for (const body of bodies) {
    const height = body.getBoundingClientRect().height;
    if (body.matches(".day")) { day = body; continue; }
    const heading = day && !found.at(-1).includes(day) ? day.getBoundingClientRect().height : 0;
    if (taken && taken + heading + height > room) { found.push([]); taken = 0; }
    if (day && !found.at(-1).includes(day)) { found.at(-1).push(day); taken += day.getBoundingClientRect().height; }
    found.at(-1).push(body);
    taken += height;
  }
  return found;
}

function show() {
  const all = sheets();
  at %= all.length;
  for (const body of calls.querySelectorAll("table.calls > tbody")) body.hidden = !all[at].includes(body);
  turn.textContent = all.length > 1 ? fill(turn.dataset.turn, { page: at + 1, pages: all.length }) : "";
}

calls.addEventListener("changed", show);
window.addEventListener("resize", show);
show();
setInterval(() => { at += 1; show(); }, TURN);

// Handing in lists: dragging, what is chosen, progress, and what goes wrong without anything being lost. The form works without this script.
"use strict";
const HOUR = 3600000; // milliseconds

function words(milliseconds) { // as lines.left
  const seconds = Math.floor(Math.abs(milliseconds) / 1000), minutes = Math.floor(seconds / 60) % 60;
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24;
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return minutes >= 10 ? `${minutes} min` : `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`;
}

function tick() {
  for (const left of document.querySelectorAll("time.left")) {
    const remaining = new Date(left.dateTime) - new Date(), text = words(remaining) + (remaining < 0 ? ` ${left.dataset.over}` : "");
    if (left.textContent !== text) left.textContent = text;
    left.classList.toggle("over", remaining < 0);
    left.classList.toggle("soon", remaining >= 0 && remaining < HOUR);
  }
}

function size(bytes) {
  return bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

function handIn(form) {
  const input = form.querySelector("#file"), drop = form.querySelector("#drop"), list = form.querySelector("#chosen");
  const wrong = form.querySelector("#wrong"), going = form.querySelector("#going"), bar = form.querySelector("#progress");
  const said = form.querySelector("#progress-said"), button = form.querySelector("button.strong"), texts = form.dataset;
  const base = input.getAttribute("aria-describedby").split(" ")[0];

  function say(text) {
    wrong.textContent = text;
    wrong.hidden = !text;
    input.setAttribute("aria-describedby", text ? `${base} wrong` : base);
    input.toggleAttribute("aria-invalid", Boolean(text));
    if (text) input.focus();
  }

  function problem() { // what can be known before anything is sent
    const files = [...input.files];
    if (!files.length || files.some((file) => !file.size)) return texts.empty;
    if (files.length > Number(texts.mostFiles)) return texts.tooMany;
    return files.reduce((sum, file) => sum + file.size, 0) > Number(texts.most) ? texts.tooLarge : "";
  }

  function choose(files) {
    const chosen = new DataTransfer();
    for (const file of files) chosen.items.add(file);
    input.files = chosen.files;
    show();
  }

  function show() {
    const files = [...input.files];
    list.hidden = !files.length;
    list.replaceChildren(...files.map((file, at) => {
      const item = document.createElement("li"), name = document.createElement("span"), out = document.createElement("button");
      const bytes = document.createElement("span");
      name.textContent = `${file.name} `;
      bytes.textContent = size(file.size);
      bytes.className = "quiet";
      name.append(bytes);
      out.type = "button";
      out.textContent = texts.remove;
      out.setAttribute("aria-label", `${texts.remove}: ${file.name}`);
      out.addEventListener("click", () => { choose(files.filter((_, other) => other !== at)); input.focus(); });
      item.append(name, out);
      return item;
    }));
    if (files.length) say(problem());
  }

  function rest(text) { // the form is ready again, with everything in it
    going.hidden = true;
    button.disabled = false;
    say(text);
  }

  function send() {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", form.elements.csrf.value);
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.lengthComputable ? Math.round(100 * event.loaded / event.total) : 0;
      said.textContent = event.loaded < event.total ? `${texts.sending}: ${size(event.loaded)} / ${size(event.total)}` : texts.reading;
    });
    request.addEventListener("load", () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* something between us and the gateway answered */ }
      if (request.status === 201 && answer.location) location.assign(answer.location);
      else rest(answer.wrong ?? answer.detail ?? texts.failed);
    });
    request.addEventListener("error", () => rest(texts.lost));
    request.addEventListener("timeout", () => rest(texts.lost));
    button.disabled = true; // a double click sends once
    bar.value = 0;
    said.textContent = texts.sending;
    going.hidden = false;
    request.send(new FormData(form));
  }

  form.noValidate = true;
  for (const hint of form.querySelectorAll(".scripted")) hint.hidden = false;
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"])
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"])
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => { if (event.dataTransfer.files.length) choose([...input.files, ...event.dataTransfer.files]); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    const text = problem();
    say(text);
    if (!text) send();
  });
  addEventListener("pageshow", (event) => { if (event.persisted) rest(""); }); // back from the answer
  if (input.files.length) show();
}

const upload = document.getElementById("upload");
if (upload) handIn(upload);
tick();
setInterval(tick, 1000);

// Keeps a page fresh: takes over what the server sends, lets times tick, says when the connection is gone.
import { formatAge, formatDuration } from "./duration.js";
import { readLogLine } from "./log-line.js";

const main = document.querySelector("#main");
const link = document.querySelector("#link");
const clockOffset = Number(document.body.dataset.now) - Date.now();

if (main.dataset.events) follow(main.dataset.events);
setInterval(tick, 1000);
scrollToEnd(document.querySelector("#log"));

function follow(path) {
  const events = new EventSource(path);
  events.addEventListener("open", () => say("live", "Live"));
  events.addEventListener("error", () => say("gone", "Not connected. Trying again…"));
  events.addEventListener("view", ({ data }) => show(JSON.parse(data)));
  events.addEventListener("log", ({ data }) => append(JSON.parse(data)));
  addEventListener("pagehide", () => events.close());
}

function say(state, text) {
  link.hidden = false;
  link.dataset.state = state;
  link.textContent = text;
}

function show({ title, status, body }) {
  document.title = `${title} · Dayfly`;
  const line = document.querySelector("#status");
  if (line.textContent !== status) line.textContent = status;
  const next = document.createElement("template");
  next.innerHTML = body;
  morphChildren(main, next.content);
  tick();
}

function append(text) {
  const log = document.querySelector("#log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  for (const line of text.split("\n").slice(0, -1)) appendLine(log, readLogLine(line, Number(log.dataset.start)));
  if (atEnd) scrollToEnd(log);
}

function appendLine(log, line) {
  if (!line) return;
  const time = document.createElement("span");
  time.className = "at";
  time.textContent = line.at;
  const whole = document.createElement("span");
  whole.className = `line ${line.kind}`;
  whole.append(time, `${line.text}\n`);
  log.append(whole);
}

function scrollToEnd(log) {
  if (log) log.scrollTop = log.scrollHeight;
}

// Changes only what differs, so that focus, selection, scroll position and open details stay.
function morphChildren(from, to) {
  const byId = new Map([...from.children].filter(({ id }) => id).map((child) => [child.id, child]));
  let at = from.firstChild;
  for (const next of [...to.childNodes]) {
    const match = partner(next, at, byId);
    if (!match) from.insertBefore(next, at);
    else if (match === at) at = at.nextSibling;
    else from.insertBefore(match, at);
    if (match) morph(match, next);
  }
  while (at) {
    const rest = at.nextSibling;
    at.remove();
    at = rest;
  }
}

function partner(next, at, byId) {
  if (next.id) return byId.get(next.id);
  return at && !at.id && at.nodeName === next.nodeName ? at : undefined;
}

function morph(from, to) {
  if (from.isEqualNode(to) || from.dataset?.keep !== undefined) return;
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
    return;
  }
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  morphChildren(from, to);
}

function tick() {
  const now = Date.now() + clockOffset;
  for (const place of document.querySelectorAll("[data-age]")) place.textContent = formatAge(now - place.dataset.age);
  for (const place of document.querySelectorAll("[data-since]"))
    place.textContent = formatDuration(now - place.dataset.since);
}

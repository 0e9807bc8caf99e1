// The technician's page of a gateway: what is heard, since when, and a walk test. No build step.
"use strict";

const EVERY_MS = 2000;
const BLIND_AFTER_MS = 6000;
const BAD = new Set(["alarm", "fault", "tamper", "lost", "silent", "noisy", "never_heard", "down"]);
const WARN = new Set(["prealarm", "test", "disabled", "expected"]);

const at = (id) => document.getElementById(id);
const kept = window.sessionStorage;
let words = {};
let language = kept.getItem("language") || (navigator.language.startsWith("vi") ? "vi" : "en");
let walkSince = Number(kept.getItem("walk")) || 0;
let answeredAt = Date.now();
let latest = null;

// The token may come in the fragment of a link, which no server sees; it leaves the address at once.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  kept.setItem("token", given);
  history.replaceState(null, "", location.pathname);
}

function word(key) {
  return (words[language] || {})[key] || key;
}

function say() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
  at("language").textContent = language === "vi" ? "English" : "Tiếng Việt";
  at("walk").textContent = word(walkSince ? "walk_end" : "walk_begin");
}

function ago(micros, now) {
  if (!micros) return word("never");
  const s = Math.max(0, Math.round((now - micros) / 1e6));
  if (s < 120) return `${s} s`;
  return s < 7200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}

function item(name, state, further) {
  const li = document.createElement("li");
  const first = document.createElement("p");
  const badge = document.createElement("span");
  badge.textContent = word(`state.${state}`);
  badge.className = BAD.has(state) ? "bad" : WARN.has(state) ? "warn" : "good";
  first.append(`${name} · `, badge);
  li.append(first);
  for (const text of further.filter(Boolean)) {
    const p = document.createElement("p");
    p.textContent = text;
    li.append(p);
  }
  return li;
}

function reasons(conditions) {
  return conditions.map((each) => word(`reason.${each.reason}`)).join("; ");
}

function measured(values) {
  return Object.entries(values)
    .map(([name, value]) => `${word(`quantity.${name}`)} ${Math.round(value * 1000) / 1000}`)
    .join(", ");
}

function pointItem(point, now) {
  const place = point.address === point.name ? point.heard_on : `${point.heard_on}, ${point.address}`;
  const heard = `${word("heard")}: ${ago(point.heard_at, now)}`;
  const tripped = walkSince && point.tripped_at > walkSince ? `✓ ${word("tripped")}` : "";
  return item(point.name, point.state, [tripped, `${place} · ${heard}`, measured(point.values), reasons(point.conditions)]);
}

function walkResult(points) {
  if (!walkSince) return "";
  const configured = points.filter((each) => each.kind);
  const missing = configured.filter((each) => !(each.tripped_at > walkSince));
  const done = configured.length - missing.length;
  const count = word("walked").replace("{done}", done).replace("{all}", configured.length);
  return missing.length ? `${count} ${word("missing")}: ${missing.map((each) => each.name).join(", ")}` : count;
}

function show(status) {
  const now = status.at;
  document.title = `${status.gateway} · ${status.premises}`;
  at("title").textContent = document.title;
  const waiting = `${word("waiting")}: ${status.alarm.depth} ${word("alarms")}`;
  at("paths").replaceChildren(
    ...status.paths.map((each, place) => item(each.name, each.state, place ? [] : [waiting])),
  );
  const lines = status.lines.map((each) => item(each.name, each.state, [reasons(each.conditions)]));
  at("lines").replaceChildren(...lines);
  const states = {};
  for (const each of status.points) states[each.state] = (states[each.state] || 0) + 1;
  at("counts").textContent = Object.entries(states)
    .map(([state, count]) => `${count} ${word(`state.${state}`)}`)
    .join(", ");
  const order = (each) => (BAD.has(each.state) ? 0 : WARN.has(each.state) ? 1 : 2);
  const sorted = [...status.points].sort((a, b) => order(a) - order(b));
  at("points").replaceChildren(...sorted.map((each) => pointItem(each, now)));
  const result = walkResult(status.points);
  if (at("walked").textContent !== result) at("walked").textContent = result;
}

function tellBlind() {
  const blind = Date.now() - answeredAt > BLIND_AFTER_MS;
  at("blind").hidden = !blind;
  if (blind) at("blind").textContent = `${word("blind")} ${new Date(answeredAt).toLocaleTimeString(language)}`;
}

async function look() {
  const token = kept.getItem("token");
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  try {
    const answer = await fetch("/status", { headers, cache: "no-store" });
    at("sign-in").hidden = answer.status !== 401;
    at("shown").hidden = !answer.ok;
    if (answer.ok) {
      latest = await answer.json();
      answeredAt = Date.now();
      show(latest);
    } else if (answer.status === 401) {
      answeredAt = Date.now();
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;  // fetch says so where nobody answers
  }
  tellBlind();
}

at("language").addEventListener("click", () => {
  language = language === "vi" ? "en" : "vi";
  kept.setItem("language", language);
  say();
  if (latest) show(latest);
});
at("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  kept.setItem("token", at("token").value.trim());
  look();
});
at("walk").addEventListener("click", () => {
  walkSince = walkSince || !latest ? 0 : latest.at;
  kept.setItem("walk", String(walkSince));
  say();
  if (latest) show(latest);
});

fetch("/words.json")
  .then((answer) => answer.json())
  .then((found) => {
    words = found;
    say();
    look();
    setInterval(look, EVERY_MS);
  });

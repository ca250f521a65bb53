// The frame of the page: what is true now at the top, the page that was asked for below, and how old all of it is.

import { byId, put, sign } from "./dom.js";
import * as clock from "./clock.js";
import { length } from "./format.js";
import { get, listen, takeTokenFromAddress } from "./net.js";
import { signIn, unlocked } from "./acts.js";
import { FirstPage } from "./first.js";
import { PositionPage } from "./position.js";
import { SpreadPage } from "./spread.js";
import { WatchPage } from "./watch.js";

export const known = { about: null, screen: null, trouble: null };
let page = null;

const PAGES = [
  [/^#\/p\/([\w.:-]+)$/, "first", (id) => new PositionPage(id, known)],
  [/^#\/spread$/, "spread", () => new SpreadPage(known)],
  [/^#\/watch$/, "watch", () => new WatchPage(known)],
  [/^#?\/?.*$/, "first", () => new FirstPage(known)],
];

function route() {
  if (location.hash === "#main") return;
  for (const [shape, tab, made] of PAGES) {
    const found = shape.exec(location.hash);
    if (!found) continue;
    page?.leave?.();
    page = made(found[1]);
    for (const link of document.querySelectorAll("[data-tab]")) {
      if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    put(byId("main"), page.node);
    window.scrollTo(0, 0);
    page.enter?.();
    return;
  }
}

let shown = "";

function verdict() {
  const screen = known.screen;
  let level = screen?.verdict.level ?? "waiting";
  let title = screen?.verdict.title ?? "Connecting";
  let detail = screen?.verdict.detail ?? "Nothing is known yet.";
  if (known.trouble && !clock.stale()) {
    [level, title, detail] = ["stale", "Not known: the database cannot be read", known.trouble];
  } else if (clock.stale()) {
    level = "stale";
    title = screen ? "Not known: what is below is old" : "Not known: nothing was heard yet";
    detail = `${known.ended ?? "Nothing was heard"}. Ask the exchange, or 'atomicpos positions'.`;
  }
  const told = `${level}|${title}|${detail}`;
  if (told === shown) return;
  shown = told;
  byId("verdict").dataset.level = level;
  if (byId("verdict-title").textContent !== title) byId("verdict-title").textContent = title;
  byId("verdict-detail").textContent = detail;
  put(byId("verdict-sign"), sign(level));
  document.title = `${level === "naked" ? "▲ " : ""}${title} · atomicpos`;
}

function tick() {
  const age = clock.ageMs();
  const state = age === Infinity ? "waiting" : clock.stale() ? "stale" : known.trouble ? "trouble" : "live";
  document.body.dataset.fresh = state;
  const old = age === Infinity ? "connecting" : `${length(age * 1000, age < 10_000 ? 1 : 0)} old`;
  byId("fresh-text").textContent = state === "live" ? `live, ${old}` : state === "stale" ? `stale, ${old}` : old;
  verdict();
  const now = clock.nowUs();
  for (const node of document.querySelectorAll("[data-since]")) {
    node.textContent = clock.stale() ? "not known" : length(now - Number(node.dataset.since), 1);
  }
  for (const node of document.querySelectorAll("[data-age]")) {
    node.textContent = `${length(now - Number(node.dataset.age), 0)} ago`;
  }
}

function heard(kind, told) {
  if (kind === "ended") {
    known.ended = `${told.why[0].toUpperCase()}${told.why.slice(1)}`;
    if (/token/.test(told.why) && !byId("dialog").open) signIn(told.why).then(begin);
    return;
  }
  known.trouble = kind === "trouble" ? told.why : null;
  if (kind === "trouble") {
    clock.heard(clock.nowUs() || Date.now() * 1000);
  } else {
    clock.heard(told.at_us);
    known.screen = kind === "screen" ? told : { ...known.screen, watchdogs: told.watchdogs, at_us: told.at_us };
    page?.hear?.(kind);
  }
  tick();
}

async function begin() {
  try {
    known.about = await get("/api/about");
  } catch (error) {
    if (error.status === 401) {
      await signIn("The token of this tab is not the dashboard's.", { forget: true });
      return begin();
    }
    setTimeout(begin, 2_000);
    return;
  }
  unlocked(known.about.opened);
  if (known.about.reading_needs_token && !known.about.opened) {
    await signIn("Reading here needs the dashboard's token.");
    return begin();
  }
  const acts = known.about.acts ? `acts go to ${known.about.scope}` : known.about.why_not;
  byId("about").textContent = `Reading ${known.about.place}; ${acts}. Times are UTC.`;
  page?.hear?.("about");
}

takeTokenFromAddress();
window.addEventListener("hashchange", route);
route();
begin().then(() => listen(heard));
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
setInterval(tick, calm ? 1_000 : 200);
document.addEventListener("visibilitychange", tick);
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  if (event.key === "/" && !typing && !byId("dialog").open) {
    document.querySelector("[data-search]")?.focus();
    event.preventDefault();
  }
});

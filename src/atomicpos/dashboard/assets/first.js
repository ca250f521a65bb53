// The first screen: what needs a person, then all positions by state.

import { el, put } from "./dom.js";
import { length, utc, words } from "./format.js";
import { age, cell, cover, link, panel, quantity, side, state, table } from "./parts.js";
import { actButton, actsAre } from "./acts.js";
import { get } from "./net.js";
import * as clock from "./clock.js";

const SEARCH_AFTER_MS = 250;
const kept = { state: "", symbol: "", text: "", marks: [] }; // what was chosen stays chosen when one comes back

export class FirstPage {
  constructor(known) {
    this.known = known;
    this.urgent = el("div", {});
    this.problems = el("div", {});
    this.states = el("div", { class: "states", role: "group", "aria-label": "Positions by state" });
    this.rows = el("div", { "aria-live": "off" });
    this.symbols = el("datalist", { id: "symbols" });
    this.node = el("div", { class: "stack" }, this.urgent, this.problems, panel("Positions", this.states, this.filters(), this.rows));
  }

  filters() {
    const changed = (name) => (event) => {
      kept[name] = event.target.value;
      kept.marks = [];
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.load(), SEARCH_AFTER_MS);
    };
    const field = (label, name, more) =>
      el("label", { class: "field" }, el("span", {}, label),
        el("input", { type: "search", value: kept[name], autocomplete: "off", maxlength: 100, on: { input: changed(name) }, ...more }));
    return el("form", { class: "filters", role: "search", on: { submit: (event) => event.preventDefault() } },
      field("Symbol", "symbol", { list: "symbols", placeholder: "any" }),
      field("Text", "text", { "data-search": true, placeholder: "id, key, reason or account; press /" }), this.symbols);
  }

  enter() {
    this.hear("screen");
    this.load();
    get("/api/symbols").then((found) => put(this.symbols, found.map((value) => el("option", { value })))).catch(() => {});
  }

  leave() {
    clearTimeout(this.soon);
    this.left = true;
  }

  hear(kind) {
    const screen = this.known.screen;
    if (!screen) return;
    const drawn = JSON.stringify([screen.urgent, screen.problems, screen.states, screen.external, actsAre(this.known)]);
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      put(this.urgent, this.needsAPerson(screen));
      put(this.problems, this.problemList(screen));
      put(this.states, this.stateButtons(screen));
    }
    if (kind === "screen" && screen.revision !== this.revision) {
      this.revision = screen.revision;
      if (kept.marks.length === 0) this.load();
    }
  }

  needsAPerson(screen) {
    if (screen.urgent.length === 0) return null;
    const more = screen.urgent_count - screen.urgent.length;
    return panel(null, el("ul", { class: "urgent" }, screen.urgent.map((row) => this.urgentRow(row))),
      more > 0 && el("p", { class: "note" }, `${more} more are not shown here; the states below have them.`));
  }

  urgentRow(row) {
    const since = row.cover === "naked" ? row.naked_since_us : row.created_at_us;
    const what = row.cover === "naked" ? "naked for" : "asked";
    return el("li", { class: `alarm ${row.cover}` },
      el("div", { class: "who" }, cover(row), " ", side(row), " ", link(row, "urgent"), el("span", { class: "muted" }, ` ${words(row.state)}`)),
      el("div", { class: "figures" },
        el("span", {}, `${row.share === "0" ? row.quantity : row.share} ≈ ${row.notional} at ${row.exchange}`),
        since && el("span", { class: "count" }, `${what} `, row.cover === "naked"
          ? el("strong", { "data-since": since }, length(clock.nowUs() - since))
          : el("span", { "data-age": since }, ""))),
      el("p", { class: "doing" }, `The library: ${row.doing || "nothing is left to do"}.`),
      el("div", { class: "acts" }, actButton("look", row, this.known), actButton("close", row, this.known)));
  }

  problemList(screen) {
    const found = screen.problems;
    if (found.length === 0) return null;
    return panel("Needs a person", el("ul", { class: "problems" }, found.map((text) => el("li", {}, text))));
  }

  stateButtons(screen) {
    const all = Object.values(screen.states).reduce((sum, count) => sum + count, 0);
    return [["", all], ...Object.entries(screen.states)].map(([name, count]) =>
      el("button", {
        type: "button", class: `tab s-${name || "all"}${count ? "" : " zero"}`, "aria-pressed": String(kept.state === name), "data-keep": `state-${name}`,
        on: { click: () => this.choose(name) },
      }, el("span", {}, name ? words(name) : "all"), el("b", {}, String(count))));
  }

  choose(name) {
    kept.state = name;
    kept.marks = [];
    put(this.states, this.stateButtons(this.known.screen));
    this.load();
  }

  async load() {
    const asked = (this.asked = Symbol("asked"));
    try {
      const { state: chosen, symbol, text, marks } = kept;
      const page = await get("/api/positions", { state: chosen, symbol, text, before: marks.at(-1) });
      if (asked === this.asked && !this.left) put(this.rows, this.pageOf(page));
    } catch (error) {
      if (asked === this.asked) put(this.rows, el("p", { class: "note" }, `The rows could not be read: ${error.message}.`));
    }
  }

  pageOf(page) {
    if (page.rows.length === 0) return el("p", { class: "note" }, "No position is like that.");
    const heads = ["Position", "State", "Filled", "Entry", "Stop", "Exposed s", "Asked (UTC)", "Account"];
    const rows = page.rows.map((row) =>
      el("tr", {},
        cell("Position", side(row), " ", link(row, "row"), el("small", { class: "id" }, row.id)),
        cell("State", state(row), " ", cover(row)),
        cell("Filled", quantity(row)),
        cell("Entry", row.entry_price ?? "–"),
        cell("Stop", row.stop_price ?? "–"),
        cell("Exposed s", row.exposure_s),
        cell("Asked", utc(row.created_at_us), age(row.created_at_us)),
        cell("Account", `${row.exchange} ${row.environment}`, el("small", {}, row.account))));
    const turn = (keep, text, able, go) =>
      el("button", { type: "button", "data-keep": keep, disabled: !able, on: { click: () => { go(); this.load(); } } }, text);
    return [
      table("Positions, newest first", heads, rows),
      el("div", { class: "pager" },
        turn("newer", "Newer", kept.marks.length > 0, () => kept.marks.pop()),
        el("span", { class: "muted" }, `page ${kept.marks.length + 1}, ${page.rows.length} rows`),
        turn("older", "Older", page.next, () => kept.marks.push(page.next))),
    ];
  }
}

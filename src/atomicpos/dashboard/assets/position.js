// One position: where it stands, its axis, its orders, its journal.

import { el, put } from "./dom.js";
import { length, offset, utc, words } from "./format.js";
import { age, cell, cover, panel, quantity, side, state, table } from "./parts.js";
import { actButton, actsAre } from "./acts.js";
import { drawAxis } from "./axis.js";
import { get } from "./net.js";
import * as clock from "./clock.js";

const AGAIN_MS = 1_000;

export class PositionPage {
  constructor(id, known) {
    this.id = decodeURIComponent(id);
    this.known = known;
    this.head = el("div", {}, el("p", { class: "note" }, "Reading."));
    this.chart = el("div", { class: "axis" });
    this.rest = el("div", { class: "stack" });
    this.node = el("div", { class: "stack" }, el("p", {}, el("a", { href: "#/" }, "← All positions")), this.head, this.rest);
  }

  enter() {
    this.resized = new ResizeObserver(() => this.page && drawAxis(this.chart, this.page.axis));
    this.resized.observe(this.chart);
    this.load();
  }

  leave() {
    this.left = true;
    clearTimeout(this.soon);
    this.resized?.disconnect();
  }

  hear(kind) {
    if (kind === "about" && this.page) this.draw(true, false);
    const revision = this.known.screen?.revision;
    if (revision !== this.revision) {
      this.revision = revision;
      this.load();
    }
  }

  async load() {
    clearTimeout(this.soon);
    const asked = (this.asked = Symbol("asked"));
    try {
      const page = await get(`/api/position/${encodeURIComponent(this.id)}`);
      if (this.left || asked !== this.asked) return;
      const was = this.page;
      this.page = page;
      const differ = (part) => JSON.stringify(was && part(was)) !== JSON.stringify(part(page));
      this.draw(differ((one) => [one.row, one.explanation]), differ((one) => [one.orders, one.lines]));
      if (!page.axis.over) this.soon = setTimeout(() => this.load(), AGAIN_MS);
    } catch (error) {
      if (this.left || asked !== this.asked) return;
      if (!this.page || error.status === 404) put(this.head, el("p", { class: "note" }, `This position cannot be shown: ${error.message}.`));
      if (error.status !== 404) this.soon = setTimeout(() => this.load(), 3 * AGAIN_MS);
    }
  }

  draw(standing, story) {
    if (standing) put(this.head, this.top());
    if (story) put(this.rest, this.below());
    drawAxis(this.chart, this.page.axis);
  }

  top() {
    const { row, explanation: told } = this.page;
    return el("section", { class: `panel head ${row.cover}` },
      el("h2", { class: "name" }, side(row), ` ${row.symbol} `, state(row), " ", cover(row)),
      row.cover === "naked" && el("p", { class: "count" }, "Naked for ", el("strong", { "data-since": row.naked_since_us }, length(clock.nowUs() - row.naked_since_us))),
      el("p", { class: "summary" }, told.summary),
      el("dl", { class: "facts" }, this.facts().map(([name, ...value]) => el("div", {}, el("dt", {}, name), el("dd", {}, ...value)))),
      el("dl", { class: "proof" }, [["Proven", told.proven], ["Not proven", told.unproven], ["Would prove", told.would_prove],
        ["The library", row.doing ? [row.doing] : []], ["Tried", told.tried]]
        .filter(([, sentences]) => sentences.length)
        .map(([name, sentences]) => [el("dt", {}, name), el("dd", {}, sentences.map((one) => el("p", {}, one)))])),
      el("div", { class: "acts" }, ["look", "move-stop", "close", "resolve"].map((name) => actButton(name, row, this.known, this.page))),
      actsAre(this.known) ? null : el("p", { class: "note" }, `The acts are off: ${this.known.about?.why_not ?? "not connected"}.`));
  }

  facts() {
    const { row, asked, lease } = this.page;
    const stopRule = asked.stop_percent ? `${asked.stop_percent} % of the entry, by ${asked.trigger_by}` : `at ${asked.stop_price}, by ${asked.trigger_by}`;
    const target = asked.target_percent ? `${asked.target_percent} %` : asked.target_price;
    return [
      ["Filled", quantity(row)], ["Left of it", `${row.share} ≈ ${row.notional}`],
      ["Entry", row.entry_price ?? "not known"], ["Stop", row.stop_price ?? "none read back", el("small", {}, stopRule)],
      target && ["Target", target], asked.leverage && ["Leverage", `${asked.leverage} ×`],
      row.cover !== "naked" && ["Exposed", `${row.exposure_s} s`], ["Goal", words(row.goal), row.reason && el("small", {}, words(row.reason))],
      ["Account", `${row.exchange} ${row.environment}`, el("small", {}, row.account)],
      ["Asked (UTC)", utc(row.created_at_us), age(row.created_at_us)],
      ["Driven by", lease.owner ? el("span", { class: "id" }, lease.owner) : "nobody", lease.wanted_by && el("small", {}, "another owner asked for it")],
      ["Id", row.id, row.key && el("small", {}, `key ${row.key}`)],
    ].filter(Boolean);
  }

  below() {
    const { orders, lines, axis } = this.page;
    const orderRows = orders.map((order) =>
      el("tr", {},
        cell("Order", `${order.leg} ${order.attempt}`, el("small", { class: "id" }, order.attached ? "on the position itself" : order.client_order_id)),
        cell("Side", `${order.order_side} ${order.quantity}`, order.reduce_only && el("small", {}, "reduce-only")),
        cell("Price", order.trigger_price ?? order.limit_price ?? "market"),
        cell("Sending", words(order.sending), order.why && el("small", {}, order.why)),
        cell("At the exchange", order.status ? words(order.status) : "not seen", order.read_back && el("small", {}, "read back")),
        cell("Filled", order.filled === "0" ? "–" : `${order.filled} at ${order.average ?? "?"}`)));
    const lineRows = lines.toReversed().map((line) =>
      el("tr", { class: `line-${line.what}` },
        cell(null, offset(line.at_us - axis.start_us), el("small", {}, utc(line.at_us, true).slice(11))),
        cell(null, line.what, line.source && el("small", {}, words(line.source))),
        cell("", line.text, line.times > 1 && el("small", {}, `${line.times} times, last ${offset(line.last_at_us - axis.start_us)}`))));
    const omitted = this.page.lines_omitted + this.page.findings_omitted;
    return [
      panel("Time", el("p", { class: "note" }, "Time since the intent, drawn as wide as its root. Red is without a stop by the exchange's own times; while it lasts, without one that was read back. Arrow keys go from mark to mark."), this.chart),
      panel("Orders", table("Orders", ["Order", "Side", "Price", "Sending", "At the exchange", "Filled"], orderRows)),
      panel("Journal, newest first", table("Journal", ["Seconds", "What", ""], lineRows),
        omitted > 0 && el("p", { class: "note" }, `${omitted} older lines are not shown; atomicpos show ${this.id} has them.`)),
    ];
  }
}

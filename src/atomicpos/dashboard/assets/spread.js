// How late each exchange's reads were, and how long positions were exposed.

import { el, put, svg } from "./dom.js";
import { words } from "./format.js";
import { panel } from "./parts.js";
import { get } from "./net.js";

const WIDE = 340, HIGH = 96, FOOT = 16;

// `none`: the first bar counts those of no length at all
function bars(counts, edges, label, kind, none = 0) {
  const most = Math.max(...counts, 1);
  const step = WIDE / counts.length;
  const named = (bar) => (bar < none ? "none" : bar - none < edges.length ? `up to ${edges[bar - none]} s` : `over ${edges.at(-1)} s`);
  return svg("svg", { class: `bars ${kind}`, viewBox: `0 0 ${WIDE} ${HIGH + FOOT}`, role: "img", "aria-label": label },
    counts.map((count, index) => {
      const high = count ? Math.max((count / most) * (HIGH - 14), 2) : 0;
      return [svg("rect", { class: index < none ? "none" : "", x: index * step + 1, y: HIGH - high, width: step - 2, height: high }, svg("title", {}, `${named(index)}: ${count}`)),
        count > 0 && svg("text", { class: "on", x: index * step + step / 2, y: HIGH - high - 3, "text-anchor": "middle" }, count > 999 ? `${Math.round(count / 1000)}k` : String(count))];
    }),
    svg("path", { class: "lane", d: `M0 ${HIGH}H${WIDE}` }),
    none > 0 && svg("text", { class: "tick-text", x: 0, y: HIGH + 12 }, "none"),
    edges.map((edge, index) => index % 2 === none && svg("text", { class: "tick-text", x: (index + 1 + none) * step, y: HIGH + 12, "text-anchor": "middle" }, String(edge))));
}

export class SpreadPage {
  constructor(known) {
    this.known = known;
    this.node = el("div", { class: "stack" }, el("p", { class: "note" }, "Reading."));
  }

  enter() {
    this.load();
    this.again = setInterval(() => this.load(), 5_000);
  }

  leave() {
    clearInterval(this.again);
    this.left = true;
  }

  async load() {
    try {
      const found = await get("/api/spread");
      if (this.left) return;
      const drawn = JSON.stringify(found);
      if (drawn === this.drawn) return;
      this.drawn = drawn;
      put(this.node, this.exposures(found), this.lags(found));
    } catch (error) {
      put(this.node, el("p", { class: "note" }, `The figures could not be read: ${error.message}.`));
    }
  }

  exposures({ exposures, edges_s: edges }) {
    return panel("Seconds without a stop", el("p", { class: "note" }, "Of all positions that filled and were proven protected or flat: how many, by the seconds each was exposed in all."),
      exposures.length === 0 && el("p", { class: "note" }, "Nothing has filled yet."),
      el("div", { class: "charts" }, exposures.map((one) =>
        el("figure", {},
          el("figcaption", {}, el("b", {}, `${one.exchange} ${one.environment}`), ` ${one.never} of ${one.positions} never; longest ${one.longest_s} s`),
          bars(one.bars, edges, `${one.never} of ${one.positions} positions were never exposed; the longest was exposed for ${one.longest_s} s`, "exposure", 1)))));
  }

  lags({ lags, edges_s: edges }) {
    return panel("How late each source showed a fill", el("p", { class: "note" }, "What was measured, beside what is waited for before an absence counts. Fills by seconds."),
      lags.length === 0 && el("p", { class: "note" }, "Nothing is stored yet. A bot stores what it learnt about every minute, and when it leaves."),
      el("div", { class: "charts" }, lags.map((one) =>
        el("figure", {},
          el("figcaption", {}, el("b", {}, `${words(one.source)}`), ` ${one.exchange} ${one.environment}, ${one.samples} fills`),
          bars(one.bars, edges, `${one.samples} fills; half within ${one.median_s} s, 99 of 100 within ${one.p99_s} s, longest ${one.longest_s} s`, "lag"),
          el("dl", { class: "figures-row" }, [["median", one.median_s], ["95 %", one.p95_s], ["99 %", one.p99_s], ["longest", one.longest_s], ["waited for", one.bound_s]]
            .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, `${value} s`))))))));
  }
}

// The small pieces that several pages are made of.

import { el } from "./dom.js";
import * as clock from "./clock.js";
import { COVERS, SHAPES, base, length, words } from "./format.js";

export const cover = (row) =>
  el("span", { class: `chip ${row.cover}` }, el("span", { "aria-hidden": "true" }, SHAPES[row.cover]), ` ${COVERS[row.cover]}`);

export const state = (row) => el("span", { class: `state s-${row.state}` }, words(row.state));

export const title = (row) => `${row.side} ${row.share === "0" ? row.quantity : row.share} ${row.symbol}`;

export const side = (row) =>
  el("span", { class: `side ${row.side}` }, el("span", { "aria-hidden": "true" }, row.side === "long" ? "↑ " : "↓ "), row.side);

export function link(row, keep) {
  return el("a", { class: "to", href: `#/p/${encodeURIComponent(row.id)}`, "data-keep": `${keep}-${row.id}` }, row.symbol);
}

export const quantity = (row) => {
  const asked = row.filled === row.quantity ? row.filled : `${row.filled} of ${row.quantity}`;
  return `${asked} ${base(row.symbol)}`;
};

export const age = (atUs) => el("small", { "data-age": atUs }, clock.known() ? `${length(clock.nowUs() - atUs, 0)} ago` : "");

export const cell = (label, ...children) => el("td", { "data-label": label }, ...children);

export const table = (caption, heads, rows) =>
  el("div", { class: "scroll" },
    el("table", {},
      el("caption", { class: "hidden" }, caption),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows)));

export const panel = (heading, ...children) => el("section", { class: "panel" }, heading && el("h2", {}, heading), ...children);

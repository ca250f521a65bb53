// Building the page: data only ever becomes text nodes and attribute values, never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, given, children) {
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, heard] of Object.entries(value)) node.addEventListener(event, heard);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const el = (tag, given, ...children) => fill(document.createElement(tag), given, children);
export const svg = (tag, given, ...children) => fill(document.createElementNS(SVG, tag), given, children);
export const byId = (id) => document.getElementById(id);

export function put(place, ...children) {
  // who was in a field or on a button that is drawn anew stays there
  const held = place.contains(document.activeElement) ? document.activeElement.dataset.keep : undefined;
  place.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (held) place.querySelector(`[data-keep="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

const SIGNS = {
  naked: [["path", { d: "M16 3 30 28H2Z" }], ["path", { class: "in", d: "M16 12v8M16 23.5v.5" }]],
  unknown: [["path", { d: "M16 2 30 16 16 30 2 16Z" }], ["path", { class: "in", d: "M12.5 12.5c.5-4.5 7.5-4 6.5.5-.5 2-3 2-3 5M16 22v.5" }]],
  unwatched: [["path", { d: "M2 16C8 6 24 6 30 16 24 26 8 26 2 16Z" }], ["path", { class: "in", d: "M6 27 26 5" }]],
  safe: [["circle", { cx: 16, cy: 16, r: 14 }], ["path", { class: "in", d: "m9.5 16.5 4.5 4.5 8.5-9" }]],
  stale: [["circle", { cx: 16, cy: 16, r: 14 }], ["path", { class: "in", d: "M16 8v8l5 4" }]],
};

export const sign = (level) =>
  svg("svg", { viewBox: "0 0 32 32", "aria-hidden": "true" }, (SIGNS[level] ?? SIGNS.stale).map(([tag, at]) => svg(tag, at)));

// The axis of time of one position, drawn as SVG from places that the server worked out.

import { el, put, svg } from "./dom.js";
import { offset, words } from "./format.js";

const LANE = 30, TOP = 50, LEFT_WIDE = 118, NARROW = 560;
const ORDER = ["intended", "sent", "answered", "order_status", "trade_history", "position_poll", "position_stream"];
const told = new WeakMap();

function lanesOf(axis) {
  const names = [...new Set(axis.marks.map((mark) => mark.lane))];
  const rank = (name) => (name === "concluded" ? 99 : ORDER.indexOf(name) < 0 ? 50 : ORDER.indexOf(name));
  return names.sort((a, b) => rank(a) - rank(b));
}

function shape(mark, x, y, index) {
  const given = { class: `mark k-${mark.kind}`, "data-index": index };
  if (mark.kind === "seen") return svg("circle", { ...given, cx: x, cy: y, r: 5 });
  if (mark.kind === "absent") return svg("circle", { ...given, cx: x, cy: y, r: 4 });
  if (mark.kind === "unknown") return svg("path", { ...given, d: `M${x - 4} ${y - 4}l8 8m0-8-8 8` });
  if (mark.kind === "sent") return svg("path", { ...given, d: `M${x - 4} ${y - 5}l9 5-9 5z` });
  if (mark.kind === "alert") return svg("path", { ...given, d: `M${x} ${y - 6}l6 11h-12z` });
  return svg("rect", { ...given, x: x - 4, y: y - 4, width: 8, height: 8, rx: 1.5 });
}

const TICK_WIDE = 58;

// those that do not overlap, the last one always among them
function legible(ticks, at) {
  const last = at(ticks.at(-1).x);
  let free = -Infinity;
  return ticks.filter((tick, index) => {
    const x = at(tick.x);
    const fits = index === ticks.length - 1 || (x >= free && x <= last - TICK_WIDE);
    if (fits) free = x + TICK_WIDE;
    return fits;
  });
}

export function drawAxis(place, axis) {
  const width = Math.max(place.clientWidth, 280);
  const narrow = width < NARROW;
  const left = narrow ? 8 : LEFT_WIDE;
  const at = (x) => left + (x / axis.width) * (width - left - 12);
  const lanes = lanesOf(axis);
  const step = narrow ? LANE + 8 : LANE;
  const height = TOP + lanes.length * step + 30;
  const marks = axis.marks.map((mark, index) => ({ ...mark, index, px: at(mark.x), py: TOP + lanes.indexOf(mark.lane) * step + (narrow ? 26 : 18) }));
  let taken = -Infinity;
  // how long it was naked is always written, whatever the room; how long covered, where there is some left
  const label = (from, to, text, bad) => {
    const x = Math.max(from + 4, taken + 8);
    if (!bad && to - x < 62) return null;
    taken = x + text.length * 7;
    return svg("text", { class: bad ? "naked-text" : "covered-text", x, y: 46 }, text);
  };
  const naked = axis.stretches.filter((one) => one.kind === "naked");
  const words_ = naked.length ? `naked ${naked.map((one) => one.text).join(" and ")}` : axis.stretches.length ? "never naked" : "no fill known";
  const chart = svg("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, tabindex: 0, role: "img", "data-keep": "axis",
    "aria-label": `Time axis: ${marks.length} marks, ${words_}. Arrow keys move between marks.`,
  },
  svg("defs", {}, svg("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 7, height: 7, class: "hatch-a" }), svg("rect", { width: 2.5, height: 7, class: "hatch-b" }))),
  axis.states.map((span, index) => {
    const wide = Math.max(at(span.to) - at(span.x), 1.5);
    return [svg("rect", { class: `band s-${span.kind}`, x: at(span.x), y: 4, width: wide, height: 16 }, svg("title", {}, words(span.kind))),
      wide > 8 * span.kind.length && svg("text", { class: "band-text", x: at(span.x) + 5, y: 16 }, words(span.kind)),
      index > 0 && svg("path", { class: "edge", d: `M${at(span.x)} 4v16` })];
  }),
  axis.stretches.map((span) => {
    const wide = Math.max(at(span.to) - at(span.x), 2);
    const bad = span.kind === "naked";
    return [svg("rect", { class: bad ? "naked-wash" : "covered-wash", x: at(span.x), y: 24, width: wide, height: height - 54 }),
      svg("rect", { class: bad ? "naked-bar" : "covered-bar", x: at(span.x), y: 24, width: wide, height: 8 },
        svg("title", {}, `${bad ? "naked" : "covered by a stop"} for ${span.text}`)),
      label(at(span.x), at(span.to), `${bad ? "naked" : "stop"} ${span.text}`, bad)];
  }),
  lanes.map((lane, index) => {
    const y = TOP + index * step + (narrow ? 26 : 18);
    return [svg("path", { class: "lane", d: `M${left} ${y}H${width - 12}` }),
      svg("text", { class: "lane-name", x: narrow ? left : left - 10, y: narrow ? y - 11 : y + 4, "text-anchor": narrow ? "start" : "end" }, words(lane))];
  }),
  axis.gaps.map((gap) => {
    const middle = (at(gap.x) + at(gap.to)) / 2;
    return [svg("rect", { class: "gap", x: middle - 5, y: 2, width: 10, height: height - 30 }),
      svg("path", { class: "gap-line", d: `M${middle - 5} 2v${height - 30}M${middle + 5} 2v${height - 30}` }, svg("title", {}, `quiet for ${gap.text}`)),
      svg("text", { class: "tick-text", x: middle, y: height - 2, "text-anchor": "middle" }, `⋯ ${gap.text}`)];
  }),
  legible(axis.ticks, at).map((tick) => [svg("path", { class: "tick", d: `M${at(tick.x)} ${height - 26}v5` }),
    svg("text", { class: "tick-text", x: at(tick.x), y: height - 13, "text-anchor": tick.x < 20 ? "start" : tick.x > 960 ? "end" : "middle" }, tick.text)]),
  svg("path", { class: "lane", d: `M${left} ${height - 26}H${width - 12}` }),
  marks.map((mark) => shape(mark, mark.px, mark.py, mark.index)));
  const said = el("p", { class: "told", "aria-live": "polite" });
  const held = told.get(place) ?? marks.length - 1;
  const choose = (index) => {
    const mark = marks[Math.min(Math.max(index, 0), marks.length - 1)];
    if (!mark) return;
    told.set(place, mark.index);
    for (const node of chart.querySelectorAll(".chosen")) node.classList.remove("chosen");
    chart.querySelector(`[data-index="${mark.index}"]`)?.classList.add("chosen");
    put(said, el("b", {}, `${offset(mark.at_us - axis.start_us)} s  ${words(mark.lane)}`), ` ${mark.text}`);
  };
  const nearest = (event) => {
    const box = chart.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return marks.reduce((best, mark) => {
      const far = Math.hypot(mark.px - x, mark.py - y);
      return far < best.far ? { far, index: mark.index } : best;
    }, { far: Infinity, index: 0 }).index;
  };
  chart.addEventListener("pointermove", (event) => choose(nearest(event)));
  chart.addEventListener("pointerdown", (event) => choose(nearest(event)));
  chart.addEventListener("keydown", (event) => {
    const step_ = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step_ === undefined) return;
    event.preventDefault();
    choose(step_ === Infinity ? marks.length - 1 : step_ === -Infinity ? 0 : (told.get(place) ?? 0) + step_);
  });
  put(place, chart, said);
  choose(held);
}

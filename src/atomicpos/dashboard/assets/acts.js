// Acts: each asks first, names the position and what will be sent, and tells what came of it.

import { byId, el, put } from "./dom.js";
import { base, words } from "./format.js";
import { title } from "./parts.js";
import { act, get, useToken } from "./net.js";

const NAME = "atomicpos-name";
let open_ = false;

export const unlocked = (given) => (open_ = given);
export const actsAre = (known) => Boolean(known.about?.acts);

const closing = (row) => (row.side === "long" ? "sell" : "buy");

const ACTS = {
  look: {
    label: "Look now", able: () => true, danger: false,
    heading: (row) => `Look at ${title(row)} now?`,
    sent: () => "Every source is asked at once; whatever follows from what they say is done, as in any other turn. Nothing that opens or enlarges is ever sent.",
    button: () => "Look now",
  },
  "move-stop": {
    label: "Move stop", able: (row) => row.state === "protected", why: "only a protected position's stop can be moved", danger: false,
    heading: (row) => `Move the stop of ${title(row)}?`,
    sent: (row) => `A new stop that ${closing(row)}s and can only reduce. The one at ${row.stop_price ?? "its price"} stands until the new one was read back.`,
    button: () => "Move the stop",
    fields: () => [
      field("price", "To this price", { inputmode: "decimal" }),
      field("percent", "or to this distance from the entry, in percent", { inputmode: "decimal" }),
    ],
  },
  close: {
    label: "Flatten", able: (row) => row.cover !== "over", why: "it is proven flat", danger: true,
    heading: (row) => `Flatten ${title(row)}?`,
    sent: (row) => `Reduce-only market orders that ${closing(row)} what is left of our share: ${row.share === "0" ? "whatever has filled" : `${row.share} ${base(row.symbol)}, about ${row.notional}`} at ${row.exchange} ${row.environment}, account ${row.account}. Its stop stays up until flat is proven. This cannot be taken back.`,
    button: (row) => `Flatten ${row.share === "0" ? "" : row.share} ${base(row.symbol)}`,
    fields: (row) => row.state === "protected" ? [field("quantity", "Only this much (empty: all of it)", { inputmode: "decimal" })] : [],
  },
  resolve: {
    label: "Resolve", able: (row) => row.state === "orphan_suspected", why: "only a suspected orphan is resolved", danger: true,
    heading: (row) => `Settle ${title(row)} by your word?`,
    sent: () => "Every source is looked at once more, and your word is refused if one shows a position or a living order of ours. Nothing is sent to close anything. Your name and reason are stored as the proof.",
    button: () => "Settle it",
    fields: () => [
      el("label", { class: "field" }, el("span", {}, "It ended as"), el("select", { name: "as" },
        ["closed", "rolled_back", "closed_immediately"].map((end) => el("option", { value: end }, words(end))))),
      field("reason", "Reason, for the journal", { required: true, maxlength: 500 }),
    ],
  },
  "flatten-all": {
    label: "Flatten all…", able: () => true, danger: true,
    heading: (row, known) => `Flatten every position of ${known.about?.scope}?`,
    sent: () => "Reduce-only market orders for all that is left of every position. Positions that no row claims are not touched. This cannot be taken back.",
    button: () => "Flatten everything",
    fields: () => [field("confirm", "Type the word flatten", { required: true, pattern: "flatten" })],
  },
};

const field = (name, label, more) =>
  el("label", { class: "field" }, el("span", {}, label), el("input", { name, autocomplete: "off", maxlength: 100, ...more }));

export function actButton(name, row, known, page) {
  const what = ACTS[name];
  const able = actsAre(known) && what.able(row);
  const why = actsAre(known) ? what.why : known.about?.why_not;
  return el("button", {
    type: "button", class: what.danger ? "danger" : "", "data-keep": `act-${name}-${row?.id ?? ""}`, "data-act": name,
    "aria-disabled": able ? null : "true", title: able ? null : why,
    on: { click: () => able && confirmed(name, row, known) },
  }, what.label);
}

async function confirmed(name, row, known) {
  if (!open_) {
    if (!(await signIn("Acts need the dashboard's token."))) return;
  }
  ask(name, row, known);
}

function ask(name, row, known) {
  const what = ACTS[name];
  const dialog = byId("dialog");
  const told = el("p", { class: "answer", role: "status" });
  const go = el("button", { type: "submit", class: what.danger ? "danger" : "primary" }, what.button(row));
  const cancel = el("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel");
  const who = field("by", "Your name, for the journal", { required: true, maxlength: 40, value: localStorage.getItem(NAME) ?? "" });
  const form = el("form", {
    on: {
      submit: async (event) => {
        event.preventDefault();
        const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim()));
        localStorage.setItem(NAME, given.by);
        go.disabled = true;
        told.className = "answer";
        told.textContent = "Asked; waiting for what comes of it.";
        try {
          const { body } = await act(name, row ? { id: row.id, ...given } : given);
          told.classList.add("good");
          told.textContent = body.text;
          go.remove();
          cancel.textContent = "Close";
          cancel.focus();
        } catch (error) {
          told.classList.add("bad");
          told.textContent = error.status ? `Refused: ${error.message}` : "No answer came: it is not known whether it was asked. Look at the journal before you ask again.";
          go.disabled = false;
          if (error.status === 401) unlocked(false);
        }
      },
    },
  }, el("h2", { id: "dialog-title" }, what.heading(row, known)), el("p", {}, what.sent(row)),
  what.fields?.(row) ?? [], who, told, el("div", { class: "acts" }, go, cancel));
  put(dialog, form);
  show(dialog);
  (form.querySelector("input:placeholder-shown, input[required]") && [...form.elements].find((one) => one.name && !one.value) || cancel).focus();
}

function show(dialog) {
  if (dialog.open) dialog.close();
  const from = document.activeElement;
  const keep = from?.dataset.keep;
  dialog.showModal();
  dialog.addEventListener("close", () => {
    // the button may have been drawn anew meanwhile
    const back = from?.isConnected ? from : keep && document.querySelector(`[data-keep="${CSS.escape(keep)}"]`);
    back?.focus();
  }, { once: true });
}

// Asks for the token until it opens or is given up; true when it opens.
export function signIn(why, { forget } = {}) {
  if (forget) useToken("");
  return new Promise((answer) => {
    const dialog = byId("dialog");
    const told = el("p", { class: "answer", role: "status" });
    let opened = false;
    const form = el("form", {
      on: {
        submit: async (event) => {
          event.preventDefault();
          useToken(new FormData(form).get("token").trim());
          try {
            opened = (await get("/api/about")).opened;
          } catch (error) {
            useToken("");
            told.className = "answer bad";
            told.textContent = `${error.message}.`;
            return;
          }
          unlocked(opened);
          dialog.close();
        },
      },
    }, el("h2", { id: "dialog-title" }, "Token"),
    el("p", {}, `${why} It is in the token file, or in the address that was printed when the dashboard was started.`),
    field("token", "Token", { type: "password", required: true, maxlength: 512 }), told,
    el("div", { class: "acts" }, el("button", { type: "submit", class: "primary" }, "Open"),
      el("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel")));
    put(dialog, form);
    show(dialog);
    form.querySelector("input").focus();
    dialog.addEventListener("close", () => answer(opened), { once: true });
  });
}

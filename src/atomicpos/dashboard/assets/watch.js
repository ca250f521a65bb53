// Who looks after the positions: watchdogs, leases, and what the account holds beside the rows.

import { el, put } from "./dom.js";
import { length } from "./format.js";
import { cell, panel, table } from "./parts.js";
import { actButton } from "./acts.js";
import { get } from "./net.js";

export class WatchPage {
  constructor(known) {
    this.known = known;
    this.dogs = el("div", {});
    this.leases = el("div", {}, el("p", { class: "note" }, "Reading."));
    this.external = el("div", {});
    this.node = el("div", { class: "stack" }, panel("Watchdogs", this.dogs), panel("Leases", this.leases),
      panel("On the account beside our rows", this.external),
      panel("Everything at once", el("p", { class: "note" }, "Closes every position of the account that this dashboard acts for, with reduce-only orders."),
        el("div", { class: "acts" }, actButton("flatten-all", null, known))));
  }

  enter() {
    this.hear();
    this.load();
    this.again = setInterval(() => this.load(), 2_000);
  }

  leave() {
    clearInterval(this.again);
    this.left = true;
  }

  hear() {
    const screen = this.known.screen;
    if (!screen) return;
    const dogs = screen.watchdogs;
    put(this.dogs, dogs.length === 0
      ? el("p", { class: "note" }, "None was heard of in this database. A bot inside its block is one, and so is 'atomicpos watch'.")
      : table("Watchdogs", ["Watchdog", "Account", "Lives", "Heard", "Behind", "Positions", "Waits for"], dogs.map((dog) =>
        el("tr", {},
          cell("Watchdog", el("span", { class: "id" }, dog.owner)),
          cell("Account", `${dog.scope.exchange} ${dog.scope.environment}`, el("small", {}, dog.scope.account)),
          cell("Lives", el("span", { class: `chip ${dog.lives ? "covered" : "naked"}` }, dog.lives ? "● yes" : "▲ no")),
          cell("Heard", `${length(dog.age_s * 1e6, 1)} ago`),
          cell("Behind", length(dog.behind_s * 1e6, 1)),
          cell("Positions", `${dog.positions}, ${dog.driven} driven`),
          cell("Waits for", dog.waits_for || "nothing")))));
    const external = screen.external;
    put(this.external, external === null || external === undefined
      ? el("p", { class: "note" }, "Only the exchange can tell, and this dashboard does not ask it: the bot's health() and the watchdog's alerts do.")
      : external.length === 0 ? el("p", { class: "note" }, "Nothing that no row of ours explains.")
        : el("ul", { class: "problems" }, external.map((text) => el("li", {}, text))));
  }

  async load() {
    try {
      const found = await get("/api/leases");
      if (this.left) return;
      put(this.leases, found.length === 0 ? el("p", { class: "note" }, "Nobody has a row.")
        : table("Leases", ["Owner", "Account", "Positions", "Lapses in", "Wanted by others"], found.map((lease) =>
          el("tr", {},
            cell("Owner", el("span", { class: "id" }, lease.owner)),
            cell("Account", `${lease.exchange} ${lease.environment}`, el("small", {}, lease.account)),
            cell("Positions", String(lease.positions)),
            cell("Lapses in", lease.left_us === null ? "no lease" : lease.left_us < 0 ? `lapsed ${length(-lease.left_us, 0)} ago` : length(lease.left_us, 1)),
            cell("Wanted by others", String(lease.wanted))))));
    } catch (error) {
      put(this.leases, el("p", { class: "note" }, `The leases could not be read: ${error.message}.`));
    }
  }
}

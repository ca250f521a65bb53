// The server's clock, carried on between two messages; and how old what is shown has become.

export const STALE_MS = 5_000;

let serverUs = 0;
let heardAt = -Infinity;

export function heard(atUs) {
  serverUs = atUs;
  heardAt = performance.now();
}

export const nowUs = () => serverUs + (performance.now() - heardAt) * 1000;
export const ageMs = () => performance.now() - heardAt;
export const stale = () => ageMs() > STALE_MS;
export const known = () => heardAt > -Infinity;

// Numbers arrive as strings and stay as they are; only times and lengths are put into words here.

export const SHAPES = { naked: "▲", unknown: "◆", covered: "●", over: "○" };
export const COVERS = { naked: "naked", unknown: "not known", covered: "covered", over: "flat" };

export function words(state) {
  return String(state).replaceAll("_", " ");
}

export function length(microseconds, digits = 1) {
  const seconds = Math.max(microseconds, 0) / 1e6;
  if (seconds < 60) return `${seconds.toFixed(digits)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function utc(microseconds, withMillis = false) {
  const text = new Date(microseconds / 1000).toISOString().replace("T", " ");
  return withMillis ? text.slice(0, 23) : text.slice(0, 19);
}

export function base(symbol) {
  return String(symbol).split("/")[0];
}

export function offset(microseconds) {
  return `${microseconds < 0 ? "−" : "+"}${(Math.abs(microseconds) / 1e6).toFixed(3)}`;
}

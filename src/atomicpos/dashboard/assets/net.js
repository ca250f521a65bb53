// Asking the server. The token is kept for this tab only and goes out as a header: a browser adds nothing by itself.

const KEPT = "atomicpos-token";
let token = sessionStorage.getItem(KEPT) ?? "";

export function takeTokenFromAddress() {
  const found = /^#token=([\w-]+)$/.exec(location.hash);
  if (!found) return;
  useToken(found[1]);
  history.replaceState(null, "", `${location.pathname}#/`);
}

export function useToken(given) {
  token = given;
  if (given) sessionStorage.setItem(KEPT, given);
  else sessionStorage.removeItem(KEPT);
}

const proof = () => (token ? { Authorization: `Bearer ${token}` } : {});
const settings = { credentials: "omit", cache: "no-store", redirect: "error", referrerPolicy: "no-referrer" };

export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

async function answered(reply) {
  let body = {};
  try {
    body = await reply.json();
  } catch {
    // an answer that is no JSON says nothing beyond its status
  }
  if (!reply.ok) throw new Refused(reply.status, body.error ?? `the dashboard answered ${reply.status}`);
  return { status: reply.status, body };
}

export async function get(path, words) {
  const query = words ? `?${new URLSearchParams(Object.entries(words).filter(([, value]) => value))}` : "";
  return (await answered(await fetch(path + query, { ...settings, headers: proof() }))).body;
}

export async function act(name, words) {
  const headers = { "Content-Type": "application/json", "X-Atomicpos": "act", ...proof() };
  const sent = { ...settings, method: "POST", headers, body: JSON.stringify(words) };
  return await answered(await fetch(`/api/act/${name}`, sent));
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const SILENT_MS = 8_000;

// One stream, opened again whenever it ends, fails, or is silent; `heard(kind, told)` gets every message.
export async function listen(heard) {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const stop = new AbortController();
    let silence = setTimeout(() => stop.abort(), SILENT_MS);
    try {
      const reply = await fetch("/api/stream", { ...settings, headers: proof(), signal: stop.signal });
      if (!reply.ok) await answered(reply);
      const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        clearTimeout(silence);
        silence = setTimeout(() => stop.abort(), SILENT_MS);
        wait = FIRST_WAIT_MS;
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        for (const part of parts) {
          const found = /^event: (\w+)\ndata: (.*)$/s.exec(part);
          if (found) heard(found[1], JSON.parse(found[2]));
        }
      }
      heard("ended", { why: "the dashboard closed the connection" });
    } catch (error) {
      heard("ended", { why: error instanceof Refused ? error.message : "the dashboard does not answer" });
    } finally {
      clearTimeout(silence);
      stop.abort();
    }
    await new Promise((go) => setTimeout(go, wait));
  }
}

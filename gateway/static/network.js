// Whether the gateway can be reached: a network may be there and still lead nowhere.
const EVERY = 2000;

export async function reachable() {
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok;
  } catch {
    return false;
  }
}

export async function backOnline() {
  while (!(await reachable())) await new Promise((resolve) => setTimeout(resolve, EVERY));
}

// Times and amounts in words. Elements with `data-since` tick once a second.

let offset = 0; // The server's clock against the browser's, in seconds.

export function setServerNow(now) {
  offset = now - Date.now() / 1000;
}

export function now() {
  return Date.now() / 1000 + offset;
}

export function parse(timestamp) {
  return timestamp ? Date.parse(timestamp) / 1000 : null;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  const s = Math.max(0, seconds);
  if (s < 0.0995) return `${Math.max(1, Math.round(s * 1000))} ms`;
  if (s < 10) return `${s.toFixed(2)} s`;
  if (s < 60) return `${s.toFixed(1)} s`;
  const whole = Math.round(s);
  if (s < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (s < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

function ticking(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole} s` : duration(whole);
}

export function ago(seconds) {
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

export function clock(seconds) {
  const date = new Date(seconds * 1000);
  return `${date.toLocaleTimeString([], { hour12: false })}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function full(seconds) {
  return new Date(seconds * 1000).toLocaleString();
}

export function shortId(id) {
  return id ? String(id).slice(-8) : "–";
}

export function since(node, start) {
  node.dataset.since = start;
  node.textContent = ticking(now() - start);
  live.add(new WeakRef(node));
  return node;
}

export function when(node, at) {
  node.dataset.at = at;
  node.title = full(at);
  node.textContent = ago(now() - at);
  live.add(new WeakRef(node));
  return node;
}

const live = new Set();

setInterval(() => {
  for (const ref of live) {
    const node = ref.deref();
    if (!node || !node.isConnected) live.delete(ref);
    else if (node.dataset.since) node.textContent = ticking(now() - Number(node.dataset.since));
    else if (node.dataset.at) node.textContent = ago(now() - Number(node.dataset.at));
  }
}, 1000);

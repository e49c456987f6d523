// Whether what the page shows is live, and what went wrong.
import { el } from "./dom.js";

const WORDS = { "not found": "Not found",  connecting: "Connecting…", live: "Live", reconnecting: "Reconnecting…", "signed out": "Signed out" };

export function status(root) {
  const badge = el("span", { class: "feed", role: "status" });
  const notice = el("div", { class: "notice", role: "alert", hidden: true });
  root.append(badge, notice);
  return {
    show({ feed, problem, missing }) {
      badge.className = `feed feed-${feed.replace(" ", "-")}`;
      badge.replaceChildren(el("i", { class: "dot" }), WORDS[feed] ?? feed);
      document.documentElement.dataset.feed = feed.replace(" ", "-");
      document.documentElement.toggleAttribute("data-missing", missing);
      notice.hidden = !problem;
      notice.replaceChildren(problem);
    },
    patch() {},
  };
}

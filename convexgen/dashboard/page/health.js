// How the backend is: what it has done since it started, and how much of that just now.

import { empty, fill, h, size } from "./elements.js";

const EVERY = 2_000; // milliseconds
const MOST = 60; // looks that the curves show
const SVG = "http://www.w3.org/2000/svg";

const COUNTERS = [
  {
    name: "Query cache hits",
    of: (now) => share(now),
    detail: (now) => `${now.cache_hits} hits, ${now.query_runs} runs`,
    curve: "cache_hits",
  },
  { name: "Queries run", of: (now) => now.query_runs, detail: () => "since the start", curve: "query_runs" },
  { name: "Commits", of: (now) => now.commits, detail: () => "since the start", curve: "commits" },
  {
    name: "Conflicts",
    of: (now) => now.conflicts,
    detail: () => "runs of mutations that came to nothing",
    curve: "conflicts",
  },
  { name: "Live subscriptions", of: (now) => now.subscriptions, detail: () => "results that somebody watches" },
  { name: "Sockets", of: (now) => now.sockets, detail: () => "clients that are connected" },
  { name: "Query cache", of: (now) => size(now.cache_bytes), detail: () => "of results" },
];

function share({ cache_hits, query_runs }) {
  const all = cache_hits + query_runs;
  return all ? `${Math.round((100 * cache_hits) / all)} %` : "–";
}

export function healthView({ key }) {
  const cards = h("ul", { className: "counters", "aria-label": "Counters" });
  const element = h(
    "section",
    { className: "content" },
    h("header", { className: "bar" }, h("h1", {}, "Health")),
    cards,
  );
  const looks = [];

  async function look() {
    try {
      const answer = await fetch("/dashboard/health", { headers: { Authorization: `Convex ${key}` } });
      looks.push(await answer.json());
      looks.splice(0, looks.length - MOST);
      fill(
        cards,
        COUNTERS.map((counter) => card(counter, looks)),
      );
    } catch {
      fill(cards, empty("The backend does not answer"));
    }
  }

  look();
  const timer = setInterval(look, EVERY);
  return { element, close: () => clearInterval(timer) };
}

function card({ name, of, detail, curve }, looks) {
  const now = looks.at(-1);
  return h(
    "li",
    { className: "card counter" },
    h("h2", {}, name),
    h("p", { className: "number" }, String(of(now))),
    h("p", { className: "muted" }, detail(now)),
    curve && drawn(looks.slice(1).map((each, place) => each[curve] - looks[place][curve])),
  );
}

/** A curve of numbers, the newest at the right. */
function drawn(numbers) {
  const most = Math.max(1, ...numbers);
  const points = numbers.map((number, place) => `${place + MOST - 1 - numbers.length},${19 - (18 * number) / most}`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${MOST - 2} 20`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "polyline");
  line.setAttribute("points", points.join(" "));
  svg.append(line);
  return svg;
}

"use strict";
// All text of templates reaches the page through textContent alone.
const report = JSON.parse(document.getElementById("report").textContent);
const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
const order = ["critical", "high", "medium", "low"];
const STEP = 200;
let shown = [];
let drawn = 0;

const byId = (id) => document.getElementById(id);

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The table of findings -------------------------------------------------------------------------------------------

const filters = byId("filters");

function fill(select, values) {
  for (const value of values) select.append(element("option", { value }, value));
}

function wanted() {
  const chosen = Object.fromEntries(new FormData(filters));
  const words = chosen.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (finding) =>
    (!chosen.severity || finding.severity === chosen.severity) &&
    (!chosen.category || finding.category === chosen.category) &&
    (!chosen.rule || finding.rule === chosen.rule) &&
    (!chosen.template || finding.template === chosen.template) &&
    words.every((word) => finding.haystack.includes(word));
}

// The filters are part of the address, so that a view can be sent to someone.
function fromAddress() {
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    const field = filters.elements[name];
    if (field) field.value = value;
  }
}

function toAddress() {
  const chosen = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value));
  history.replaceState(null, "", `#${chosen}`);
}

function filter() {
  shown = report.findings.filter(wanted());
  byId("rows").replaceChildren();
  drawn = 0;
  draw();
  const all = report.findings.length;
  byId("told").textContent = shown.length === all ? `${all} findings` : `${shown.length} of ${all} findings`;
}

function draw() {
  const rows = shown.slice(drawn, drawn + STEP).map(row);
  byId("rows").append(...rows);
  drawn += rows.length;
  byId("more").hidden = drawn >= shown.length;
  byId("more").textContent = `Show ${Math.min(STEP, shown.length - drawn)} more of ${shown.length - drawn}`;
}

function row(finding) {
  const place = `${finding.template}:${finding.line}`;
  const subject = finding.logical_id ? [element("b", {}, finding.logical_id), ": "] : [];
  const found = finding.found === null ? [] : [element("span", { class: "found" }, ` (found ${finding.found})`)];
  return element("tr", {},
    element("td", { class: finding.severity }, finding.severity),
    element("td", {}, finding.category),
    element("td", {}, element("button", { type: "button", class: "plain mono", onclick: () => explain(finding.rule) }, finding.rule)),
    element("td", {}, element("button", { type: "button", class: "plain", onclick: () => show(finding.template, finding.line) }, place)),
    element("td", {}, ...subject, finding.message, ...found));
}

// One rule in its own words ---------------------------------------------------------------------------------------

function explain(id) {
  const rule = rules.get(id);
  const [advice, ...rest] = rule.fix.split("\n\n");
  const example = rest.join("\n\n");
  const body = [element("p", {}, rule.title), element("h3", {}, "Why"), element("p", {}, rule.why),
    element("h3", {}, "Fix"), element("p", {}, advice)];
  if (example) body.push(element("pre", { tabindex: "0" }, example));
  if (rule.references.length) {
    const links = rule.references.filter((link) => link.startsWith("https://"));
    body.push(element("h3", {}, "References"),
      element("ul", {}, ...links.map((link) => element("li", {}, element("a", { href: link, rel: "noopener noreferrer" }, link)))));
  }
  byId("rule-name").textContent = `${rule.id} (${rule.severity}, ${rule.category}, from ${rule.origin})`;
  byId("rule-body").replaceChildren(...body);
  byId("rule").showModal();
}

// One template: its source with findings beside the lines, and its resources --------------------------------------

function show(path, line) {
  byId("template").value = path;
  drawTemplate(path);
  const target = line && document.getElementById(`line-${line}`);
  if (target) {
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  } else byId("source").scrollIntoView();
}

function drawTemplate(path) {
  const template = report.templates.find((one) => one.path === path);
  const findings = report.findings.filter((finding) => finding.template === path);
  byId("source").replaceChildren(template && template.source !== null ? source(template, findings) : element("p", {}, "The report has no source of this template."));
  byId("graph").replaceChildren(template && template.graph ? graph(template.graph, findings) : element("p", {}, "The report has no graph of this template."));
}

function source(template, findings) {
  const at = new Map();
  for (const finding of findings) at.set(finding.line, [...(at.get(finding.line) || []), finding]);
  const lines = template.source.split(/\r\n|\r|\n/).map((text, index) => {
    const notes = (at.get(index + 1) || []).map((finding) =>
      element("p", { class: `note ${finding.severity}` }, `${finding.severity} ${finding.rule}: ${finding.message}`));
    return element("li", { id: `line-${index + 1}`, tabindex: "-1", class: notes.length ? "marked" : "" },
      element("span", { class: "number" }, String(index + 1)), element("pre", {}, text), element("div", {}, ...notes));
  });
  return element("ol", {}, ...lines);
}

function circles(edges) {
  const next = new Map();
  for (const [from, to] of edges) next.set(from, [...(next.get(from) || []), to]);
  const reaches = (start, end) => {
    const seen = new Set();
    const waiting = [start];
    while (waiting.length) {
      const node = waiting.pop();
      if (node === end) return true;
      if (!seen.has(node)) { seen.add(node); waiting.push(...(next.get(node) || [])); }
    }
    return false;
  };
  return new Set(edges.filter(([from, to]) => reaches(to, from)).map((edge) => edge.join("\n")));
}

function layers(names, edges, inCircle) {
  const depth = new Map(names.map((name) => [name, 0]));
  const straight = edges.filter((edge) => !inCircle.has(edge.join("\n")));
  for (let round = 0; round < names.length; round++) {
    let moved = false;
    for (const [from, to] of straight) {
      if (depth.get(to) < depth.get(from) + 1) { depth.set(to, depth.get(from) + 1); moved = true; }
    }
    if (!moved) break;
  }
  const found = [];
  for (const name of names) (found[depth.get(name)] ||= []).push(name);
  return found.filter(Boolean);
}

function graph(given, findings) {
  const names = Object.keys(given.types);
  const edges = given.edges.filter(([from, to]) => from in given.types && to in given.types);
  const inCircle = circles(edges);
  const WIDTH = 230, HEIGHT = 44, ACROSS = 90, DOWN = 16;
  const columns = layers(names, edges, inCircle);
  const place = new Map();
  columns.forEach((column, x) => column.forEach((name, y) => place.set(name, [10 + x * (WIDTH + ACROSS), 10 + y * (HEIGHT + DOWN)])));
  const worst = new Map();
  for (const finding of findings) {
    const before = worst.get(finding.logical_id);
    if (!before || order.indexOf(finding.severity) < order.indexOf(before)) worst.set(finding.logical_id, finding.severity);
  }
  const width = 20 + columns.length * (WIDTH + ACROSS);
  const height = 20 + Math.max(1, ...columns.map((column) => column.length)) * (HEIGHT + DOWN);
  const label = `${names.length} resources and ${edges.length} references, ${inCircle.size} of them in circles`;
  const svg = drawing("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const [from, to] of edges) {
    const [x1, y1] = place.get(from), [x2, y2] = place.get(to);
    const start = `${x1 + WIDTH} ${y1 + HEIGHT / 2}`, end = `${x2} ${y2 + HEIGHT / 2}`;
    const bend = `C ${x1 + WIDTH + 45} ${y1 + HEIGHT / 2}, ${x2 - 45} ${y2 + HEIGHT / 2},`;
    svg.append(drawing("path", { d: `M ${start} ${bend} ${end}`, class: inCircle.has(`${from}\n${to}`) ? "circle" : "" }));
  }
  for (const name of names) {
    const [x, y] = place.get(name);
    const severity = worst.get(name);
    const short = (text) => (text.length > 32 ? `${text.slice(0, 31)}…` : text);
    const group = drawing("g", { class: severity ? `worst-${severity}` : "" },
      drawing("title", {}, `${name} (${given.types[name]})${severity ? `: worst finding ${severity}` : ""}`),
      drawing("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 6 }),
      drawing("text", { x: x + 10, y: y + 18 }, short(name)),
      drawing("text", { x: x + 10, y: y + 35, class: "dim" }, short(given.types[name])));
    svg.append(group);
  }
  return svg;
}

// Start -----------------------------------------------------------------------------------------------------------

for (const finding of report.findings) {
  finding.haystack = [finding.template, finding.rule, finding.logical_id, finding.path, finding.message, finding.found]
    .filter(Boolean).join(" ").toLowerCase();
}
fill(filters.elements.rule, report.rules.map((rule) => rule.id).filter((id) => !(id in report.companions)));
fill(filters.elements.template, [...new Set(report.findings.map((finding) => finding.template))]);
fill(byId("template"), report.templates.map((template) => template.path));
filters.addEventListener("input", () => { filter(); toAddress(); });
filters.addEventListener("reset", () => setTimeout(() => { filter(); toAddress(); }));
filters.addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", draw);
byId("template").addEventListener("change", (event) => drawTemplate(event.target.value));
byId("close").addEventListener("click", () => byId("rule").close());
fromAddress();
filter();
const first = report.templates.find((template) => template.source !== null) || report.templates[0];
if (first) { byId("template").value = first.path; drawTemplate(first.path); }

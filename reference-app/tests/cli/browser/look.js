// What is wrong with the page that is shown, in words; an empty list if nothing is.
const wrong = [];
const shown = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
const clipped = (e) => e.closest(".visually-hidden, .skip, noscript, dialog:not([open])");
const name = (e) => `${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${[...e.classList].join(".")} "${(e.textContent || "").trim().slice(0, 30)}"`;

if (!document.documentElement.lang) wrong.push("no language");
if (!document.title.trim()) wrong.push("no title");
if (document.querySelectorAll("h1").length !== 1) wrong.push("not exactly one h1");
if (!document.querySelector("main")) wrong.push("no main");
if (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1) {
  const wide = [...document.body.querySelectorAll("*")].find((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
  wrong.push(`scrolls horizontally: ${wide ? name(wide) : "?"}`);
}
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) wrong.push(`id ${id} twice`);
for (const field of document.querySelectorAll("input:not([type=hidden]):not([hidden]), select, textarea")) {
  const label = [...(field.labels || [])].map((l) => l.textContent.trim()).join("") || field.getAttribute("aria-label");
  if (!label) wrong.push(`no label: ${name(field)} ${field.name}`);
}
for (const e of document.querySelectorAll("a, button, summary")) {
  if (!(e.textContent.trim() || e.getAttribute("aria-label"))) wrong.push(`no name: ${name(e)}`);
}
for (const e of document.querySelectorAll("img:not([alt]), svg:not([aria-hidden]):not([aria-label])")) {
  const told = (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent.trim());
  if (!e.closest("[aria-label]") && !told.every(Boolean)) wrong.push(`no text for a picture: ${name(e)}`);
}
for (const e of document.querySelectorAll("[style]")) wrong.push(`inline style: ${name(e)}`);
for (const e of document.querySelectorAll("script:not([src])")) wrong.push("inline script");

// WCAG 2.2, 1.4.3.
const parse = (text) => {
  const parts = text.match(/[\d.]+/g).map(Number);
  return { rgb: parts.slice(0, 3), a: parts.length > 3 ? parts[3] : 1 };
};
const over = (top, ground) => top.rgb.map((c, i) => c * top.a + ground[i] * (1 - top.a));
const luminance = (rgb) => {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (e) => {
  const layers = [];
  for (let at = e; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
  return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const seen = new Set();
while (walk.nextNode()) {
  const e = walk.currentNode.parentElement;
  if (!walk.currentNode.textContent.trim() || seen.has(e) || !shown(e) || clipped(e) || e.closest("title, script, svg .mark")) continue;
  seen.add(e);
  const style = getComputedStyle(e);
  const below = ground(e);
  const ink = over(parse(e.closest("svg") ? style.fill : style.color), below);
  const [light, dark] = [luminance(ink), luminance(below)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) wrong.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`);
}
return wrong;

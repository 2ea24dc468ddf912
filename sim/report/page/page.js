"use strict";
(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  // Halves go away from zero, as where Python writes the same numbers.
  const round = (v, d) => (Math.abs(v) + 1e-9).toFixed(d).replace(/\B(?=(\d{3})+\.)/g, ",");
  const fixed = (v, d) => (v < 0 && /[1-9]/.test(round(v, d)) ? "\u2212" : "") + round(v, d);
  const signed = v => (v > 0 && /[1-9]/.test(round(v, 1)) ? "+" : "") + fixed(v, 1);

  // Long parts are folded on a phone, and open again where there is room and in print.
  const phone = matchMedia("(max-width: 40rem)"), long = document.querySelectorAll("details.long");
  const fold = () => long.forEach(d => { d.open = !phone.matches; });
  const unfold = () => long.forEach(d => { d.open = true; });
  const show = () => {
    const at = location.hash && document.getElementById(location.hash.slice(1));
    const own = at && at.querySelector("details.long");
    if (own) own.open = true;
  };
  if (phone.matches) fold();
  show();
  phone.addEventListener("change", fold);
  addEventListener("hashchange", show);
  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);

  // Numbers of the year nearest to the pointer.
  const charts = data.charts;
  for (const svg of document.querySelectorAll("svg.chart")) {
    const rows = charts && charts.values[svg.dataset.chart];
    if (!rows) continue;
    const held = svg.parentElement, left = +svg.dataset.left, right = +svg.dataset.right;
    const rule = document.createElement("div"), tip = document.createElement("div");
    rule.className = "rule"; tip.className = "tip";
    rule.hidden = tip.hidden = true;
    rule.ariaHidden = tip.ariaHidden = "true";
    held.append(rule, tip);
    const hide = () => { rule.hidden = tip.hidden = true; };
    svg.addEventListener("pointermove", event => {
      const box = svg.getBoundingClientRect(), last = rows[0].length - 1;
      const part = (100 * (event.clientX - box.left) / box.width - left) / (right - left);
      const k = Math.max(0, Math.min(last, Math.round(part * last)));
      const x = (left + (right - left) * (last ? k / last : .5)) / 100 * box.width;
      const lines = rows.map((row, i) => charts.names[i] + "  " + (row[k] == null ? "" : fixed(row[k], 1)));
      tip.textContent = [charts.years[k], ...lines].join("\n");
      rule.hidden = tip.hidden = false;
      rule.style.left = x + "px";
      tip.style.left = Math.max(0, Math.min(box.width - tip.offsetWidth, x + 8 + (x > box.width / 2 ? -tip.offsetWidth - 16 : 0))) + "px";
    });
    svg.addEventListener("pointerleave", hide);
  }

  // Maps by indicator and year.
  const maps = data.maps, root = document.getElementById("maps");
  if (!maps || !root) return;
  const form = root.querySelector("form"), out = form.querySelector("output"), now = root.querySelector(".now");
  const parts = c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16));
  const shade = (stops, p) => {
    const at = Math.min(Math.max(p, 0), 1) * (stops.length - 1), k = Math.min(Math.floor(at), stops.length - 2);
    const a = parts(stops[k]), b = parts(stops[k + 1]);
    return "#" + a.map((v, i) => Math.round(v + (b[i] - v) * (at - k)).toString(16).padStart(2, "0")).join("");
  };
  const ink = c => {
    const [r, g, b] = parts(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b > .179 ? "#000" : "#fff";
  };
  const years = maps.years, scales = root.querySelectorAll("svg.scale");
  const relabel = (svg, stops, low, high, tell) => {
    if (!svg) return;
    const rects = svg.querySelectorAll("rect"), texts = svg.querySelectorAll("text");
    rects.forEach((r, i) => r.setAttribute("fill", shade(stops, (i + .5) / rects.length)));
    [low, (low + high) / 2, high].forEach((v, i) => { texts[i].textContent = tell(v); });
  };
  const draw = () => {
    const name = form.indicator.value, y = +form.year.value, all = maps.values[name];
    const [low, high] = maps.range[name], reach = maps.reach[name];
    const apart = maps.fewer.includes(name) ? [...maps.apart].reverse() : maps.apart;
    const isLast = y === all[0].length - 1 && form.indicator.selectedIndex === 0;
    out.textContent = years[y];
    now.textContent = form.indicator.selectedOptions[0].text + ", " + years[y];
    root.querySelectorAll("svg.map").forEach(svg => {
      const diff = svg.dataset.map[0] === "d", k = +svg.dataset.map.slice(1);
      const tell = diff ? signed : v => fixed(v, 1);
      svg.querySelector("title").textContent = now.textContent;
      svg.querySelector("desc").textContent = "";
      svg.querySelectorAll("g.tile").forEach((tile, p) => {
        const v = diff ? all[k][y][p] - all[0][y][p] : all[k][y][p];
        const c = diff ? shade(apart, (v + reach) / (2 * reach)) : shade(maps.low, (v - low) / (high - low));
        tile.querySelector("rect").setAttribute("fill", c);
        tile.setAttribute("fill", ink(c));
        const text = tile.querySelector(".value"), title = tile.querySelector("title"), ring = tile.querySelector("circle");
        if (text) text.textContent = tell(v);
        title.textContent = title.textContent.replace(/: [^:]*$/, ": " + tell(v));
        if (ring) ring.setAttribute("visibility", isLast ? "visible" : "hidden");
      });
    });
    relabel(scales[0], maps.low, low, high, v => fixed(v, 1));
    relabel(scales[1], apart, -reach, reach, signed);
    const title = scales[0].closest("figure").querySelector("b");
    title.textContent = maps.titles[name];
  };
  form.hidden = false;
  form.addEventListener("input", draw);
  form.addEventListener("submit", event => event.preventDefault());
})();

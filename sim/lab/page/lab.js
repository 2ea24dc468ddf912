"use strict";
(() => {
  const { ask, make, picture, say, speak, options, remember, remembered, get } = lab;
  const SPEEDS = [1, 2, 5, 10, 20, 40];
  const PICTURE = 100;
  const seen = { lang: remembered("lang", navigator.language.startsWith("ko") ? "ko" : "en"), large: null, small: null,
    view: "", indicator: "needs_met", difference: false, where: "" };
  let offered = null, frame = null, playing = false, busy = false, dragged = false, timer = 0, retry = 0;
  const brought = [];

  const asked = () => ({ lang: seen.lang, large: seen.large, small: seen.small, view: seen.view,
    indicator: seen.indicator, difference: seen.difference, where: seen.where });

  function tell(text) { get("message").textContent = text || ""; }

  // One request at a time: what comes meanwhile waits for its turn, and playing never piles up.
  let turn = Promise.resolve();
  function send(action, body = {}) {
    const mine = turn.then(() => carryOut(action, body));
    turn = mine.catch(() => {});
    return mine;
  }

  async function carryOut(action, body) {
    busy = true;
    try {
      frame = await ask("/do/" + action, { ...asked(), ...body });
      if (retry || (action !== "look" && action !== "advance")) tell("");
      retry = 0;
      draw();
      return frame;
    } catch (error) {
      if (error.told) {
        tell(error.message);
        pause();
      } else {
        tell(say("gone"));
        pause();
        retry = Math.min(10000, retry ? 2 * retry : 1000);
        setTimeout(() => send("look"), retry);
      }
      return null;
    } finally {
      busy = false;
    }
  }

  // Playing.
  function pause() {
    playing = false;
    clearTimeout(timer);
    get("play").textContent = say("play");
  }

  function play() {
    if (frame && frame.over) { tell(say("over")); return; }
    playing = true;
    get("play").textContent = say("pause");
    tick();
  }

  async function tick() {
    if (!playing) return;
    const speed = +get("speed").value, each = Math.max(PICTURE, 1000 / speed);
    const began = performance.now();
    await send("advance", { months: Math.max(1, Math.round(speed * each / 1000)) });
    if (frame && frame.over) pause();
    if (playing) timer = setTimeout(tick, Math.max(0, each - (performance.now() - began)));
  }

  // Drawing.
  function draw() {
    const f = frame;
    get("moment").textContent = f.moment;
    get("progress").max = f.months;
    get("progress").value = f.month;
    for (const [id, on] of [["undo", f.undo], ["redo", f.redo], ["replay", f.undo], ["month", !f.over], ["year", !f.over], ["play", !f.over]]) get(id).disabled = !on;
    get("command").textContent = f.command;
    get("legend").replaceChildren(...f.legend.map(one => make("li", { title: one.question }, picture(one.key), one.name, one.title ? make("small", {}, one.title) : null)));
    drawCharts(get("large"), f.large, "large");
    drawCharts(get("small"), f.small, "small");
    drawWorlds(f.band);
    drawChanges(f.changes);
    if (!dragged) drawView(f.society);
    drawNow(f);
  }

  function drawCharts(host, charts, kind) {
    charts.forEach((chart, at) => {
      let figure = host.children[at];
      if (!figure) {
        const select = make("select", { "aria-label": say("chart") + " " + (at + 1) });
        select.addEventListener("change", () => { seen[kind][at] = select.value; remember(kind, seen[kind].join()); send("look"); });
        figure = make("figure", {}, make("figcaption", {}, select, make("span", { class: "unit" })),
          make("div", { class: "held" }), make("p", { class: "now" }), make("p", { class: "apart" }), make("div", { class: "held under" }));
        host.append(figure);
      }
      const select = figure.querySelector("select");
      if (select.dataset.lang !== seen.lang) {
        options(select, offered.charts.map(([name, title]) => [name, title]), chart.name);
        select.dataset.lang = seen.lang;
      }
      if (document.activeElement !== select) select.value = chart.name;
      figure.querySelector(".unit").textContent = chart.unit;
      const [over, under] = figure.querySelectorAll(".held");
      over.replaceChildren(picture(chart.svg));
      figure.querySelector(".now").textContent = Object.entries(chart.now).filter(([, value]) => value).map(([name, value]) => name + " " + value).join(" · ");
      figure.querySelector(".apart").textContent = chart.apart && chart.apart.now.length ? chart.apart.title + ": " + chart.apart.now.join("; ") : "";
      under.replaceChildren(...(chart.apart ? [picture(chart.apart.svg)] : []));
    });
    while (host.children.length > charts.length) host.lastChild.remove();
  }

  function drawWorlds(band) {
    get("worlds-told").textContent = band.text;
    get("worlds-ask").hidden = get("worlds-many").hidden = band.state === "running";
    get("worlds-stop").hidden = band.state !== "running";
    get("take-report").hidden = band.state !== "done";
    get("band-key").textContent = band.fits ? band.key : "";
    get("sentences").replaceChildren(...(band.sentences || []).map(text => make("li", {}, text)));
    clearTimeout(drawWorlds.timer);
    if (band.state === "running" && !playing) drawWorlds.timer = setTimeout(() => send("look"), 1000);
  }

  function drawChanges(sides) {
    get("changes").replaceChildren(...sides.flatMap(side => [
      make("h3", {}, side.name, " ", make("a", { href: "/take/scenario?government=" + side.place, download: "", class: "file" }, "YAML")),
      side.lines.length ? make("ul", {}, ...side.lines.map(line => make("li", {}, line))) : make("p", { class: "note" }, say("no_changes")),
    ]));
  }

  const LEADS = { board: "board_lead", network: "network_lead", citizen: "follow_lead" };
  function drawView(society) {
    for (const button of get("views").children) button.setAttribute("aria-pressed", String(button.dataset.view === seen.view));
    get("map-tools").hidden = seen.view !== "map";
    get("board-tools").hidden = seen.view !== "board";
    get("citizen-tools").hidden = seen.view !== "citizen";
    get("view-lead").textContent = LEADS[seen.view] ? say(LEADS[seen.view]) : "";
    const host = get("view");
    if (society.maps) {
      host.className = "charts";
      const drawn = society.maps.map(map => make("figure", {}, make("figcaption", {}, map.title), picture(map.svg)));
      const scale = society.scale ? [make("figure", { class: "scale" }, make("figcaption", {}, society.title), picture(society.scale))] : [];
      host.replaceChildren(...drawn, ...scale, ...(drawn.length ? [] : [make("p", { class: "note" }, say("map_none"))]));
    } else if (society.rows) drawBoard(host, society);
    else if (society.networks) {
      host.className = "charts";
      host.replaceChildren(...society.networks.map(one => make("figure", {}, make("figcaption", {}, one.title), picture(one.svg))));
    } else if (society.diary) {
      host.className = "charts";
      const told = society.diary.map(one => make("article", {}, make("h3", {}, one.name), ...one.about.map(text => make("p", { class: "note" }, text)), make("ul", {}, ...one.lines.map(text => make("li", {}, text)))));
      host.replaceChildren(...(told.length ? told : [make("p", { class: "note" }, say("follow_none"))]));
    } else if (society.events) {
      host.className = "charts";
      host.replaceChildren(...society.events.map(one => make("article", {}, make("h3", {}, one.name), one.lines.length ? make("ul", {}, ...one.lines.map(text => make("li", {}, text))) : make("p", { class: "note" }, say("no_events")))));
    } else host.replaceChildren();
  }

  // A row of the figure is a slider for each government: it can be dragged, and has a keyboard.
  function drawBoard(host, board) {
    host.className = "board";
    const fits = host.firstElementChild && host.dataset.lang === seen.lang && host.dataset.names === board.names.join("\n") && host.querySelector("input");
    if (!fits) {
      host.dataset.lang = seen.lang;
      host.dataset.names = board.names.join("\n");
      host.replaceChildren(...board.rows.map(row => make("fieldset", { "data-row": row.row }, make("legend", {}, row.title),
        make("p", { class: "ends" }, ...row.wording.map(text => make("span", {}, text))),
        ...board.names.map((name, government) => slider(row, name, government, board.last)))));
    }
    board.rows.forEach((row, at) => {
      const inputs = host.children[at].querySelectorAll("input"), told = host.children[at].querySelectorAll("output");
      row.positions.forEach((value, k) => {
        if (document.activeElement !== inputs[k] || !dragged) inputs[k].value = value;
        told[k].textContent = say("now_at", { value: value.toFixed(2) });
      });
    });
  }

  function slider(row, name, government, last) {
    const input = make("input", { type: "range", min: 0, max: last, step: 0.05, "aria-label": row.title + ", " + name });
    input.addEventListener("input", () => { dragged = true; });
    input.addEventListener("change", () => {
      dragged = false;
      send("row", { row: row.row, position: +input.value, government, who: seen.where || "all" });
    });
    return make("div", { class: "position" }, make("span", {}, name), input, make("output", {}));
  }

  function drawNow(f) {
    options(get("whom"), [["", say("all_governments")], ...f.names.map((name, k) => [String(k), name])], get("whom").value || "");
    const whom = get("whom").value;
    const show = (select, value) => {
      if (document.activeElement === select) return;
      const known = [...select.options].find(option => option.value !== "" && +option.value === value);
      select.options[0].textContent = known ? "" : String(+value.toFixed(4));
      select.value = known ? known.value : "";
    };
    for (const select of get("levers").querySelectorAll("select")) show(select, f.levers[whom === "" ? 0 : +whom][select.name]);
    for (const select of get("assumptions").querySelectorAll("select")) show(select, f.assumed[select.name]);
  }

  // What is offered, in the language of the page.
  function offer() {
    options(get("speed"), SPEEDS.map(n => [n, say("months_a_second", { n })]), get("speed").value || remembered("speed", "5"));
    options(get("worlds-many"), offered.worlds.map(n => [n, String(n)]), get("worlds-many").value || undefined);
    options(get("indicator"), offered.indicators, seen.indicator);
    options(get("kind"), offered.people);
    options(get("unknown"), offered.unknown.map(name => [name, ""]));
    get("levers").replaceChildren(...offered.levers.map(one => setting(one, lever)));
    get("assumptions").replaceChildren(...offered.assumptions.map(one => setting(one, assume)));
    get("shocks").replaceChildren(...offered.shocks.map(one => make("button", { type: "button", title: one.meaning, "data-shock": one.kind,
      onclick: () => send("shock", { kind: one.kind, government: whom() }) }, one.title)));
    for (const chart of document.querySelectorAll("figcaption select")) chart.dataset.lang = "";
    get("view").replaceChildren();
  }

  function setting(one, change) {
    const unit = one.unit ? " (" + one.unit + ")" : "";
    const select = make("select", { name: one.name, "aria-label": one.title }, make("option", { value: "" }, ""),
      ...one.choices.map(([value, text]) => make("option", { value }, text + ": " + value)));
    select.addEventListener("change", () => { if (select.value !== "") change(one.name, +select.value); });
    const exact = make("input", { type: "number", step: "any", min: one.low, max: one.high, "aria-label": one.title + ", " + say("exact"), placeholder: one.low + "–" + one.high });
    const form = make("form", { class: "exact" }, exact, make("button", { type: "submit" }, say("set")));
    form.addEventListener("submit", event => { event.preventDefault(); if (exact.value !== "") change(one.name, +exact.value); });
    return make("div", { class: "setting", "data-name": one.name }, make("p", { title: one.source || one.meaning }, one.title, make("small", {}, unit)), select,
      make("details", {}, make("summary", {}, say("exact")), form));
  }

  const whom = () => (get("whom").value === "" ? null : +get("whom").value);
  const lever = (name, value) => send("lever", { name, value, government: whom() });
  const assume = (name, value) => { pause(); return send("assume", { name, value }); };

  function choosing() {
    const known = [...new Set([...frame.names, ...brought, ...offered.scenarios])];
    const pairs = [["", say("nothing")], ...known.map(name => [name, name])];
    const files = new Set([...brought, ...offered.scenarios]);
    get("choices").replaceChildren(...[0, 1, 2].map(at => {
      const select = make("select", { name: "government" });
      options(select, pairs.filter(([name]) => name === "" || files.has(name)), files.has(frame.names[at]) ? frame.names[at] : at < frame.names.length ? offered.begin[at] : "");
      return make("label", {}, say("government") + " " + (at + 1) + " ", select);
    }));
    get("citizens").value = frame.citizens;
    get("years").value = frame.years;
    get("seed").value = frame.seed;
  }

  async function language(lang) {
    seen.lang = lang;
    remember("lang", lang);
    offered = await ask("/words/" + lang);
    seen.large = seen.large || known(remembered("large", ""), offered.large);
    seen.small = seen.small || known(remembered("small", ""), offered.small);
    speak(offered.words, lang);
    get("play").textContent = say(playing ? "pause" : "play");
    offer();
  }

  function known(text, otherwise) {
    const names = text.split(",").filter(name => offered.charts.some(([one]) => one === name));
    return names.length === otherwise.length ? names : [...otherwise];
  }

  async function open(names) {
    const value = id => +get(id).value;
    if (await send("open", { scenarios: names, citizens: value("citizens"), years: value("years"), seed: value("seed") })) get("choosing").open = false;
  }

  async function bring(files) {
    for (const file of files) {
      const told = await send("bring", { name: file.name, text: await file.text() });
      if (!told) return;
      if (!file.name.endsWith(".csv") && !brought.includes(file.name)) brought.push(file.name);
    }
    choosing();
  }

  async function link() {
    const told = await send("link");
    if (!told) return;
    const address = location.origin + "/#" + told.link;
    get("link").value = address;
    get("link-told").hidden = false;
    try { await navigator.clipboard.writeText(address); tell(say("copied")); } catch { get("link").select(); }
  }

  function takeFigure() {
    get("take-figure").href = "/take/figure?lang=" + seen.lang + "&charts=" + seen.large.join();
  }

  function listen() {
    const on = (id, action) => get(id).addEventListener("click", action);
    on("play", () => (playing ? pause() : play()));
    on("month", () => send("advance", { months: 1 }));
    on("year", () => send("advance", { months: 12 }));
    for (const id of ["restart", "luck", "replay", "undo", "redo"]) on(id, () => { pause(); send(id); });
    on("language", async () => { await language(seen.lang === "en" ? "ko" : "en"); send("look"); });
    on("presenter", () => presenter(!document.body.classList.contains("presenter")));
    on("worlds-ask", () => send("worlds", { worlds: +get("worlds-many").value }));
    on("worlds-stop", () => send("stop"));
    on("take-link", link);
    get("taking").addEventListener("toggle", takeFigure);
    get("take-figure").addEventListener("click", takeFigure);
    get("speed").addEventListener("change", () => remember("speed", get("speed").value));
    get("whom").addEventListener("change", () => drawNow(frame));
    get("choosing").addEventListener("toggle", () => { if (get("choosing").open) choosing(); });
    get("choose").addEventListener("submit", event => {
      event.preventDefault();
      pause();
      open([...get("choices").querySelectorAll("select")].map(select => select.value).filter(Boolean));
    });
    get("file").addEventListener("change", () => bring([...get("file").files]).finally(() => { get("file").value = ""; }));
    for (const button of get("views").children) button.addEventListener("click", () => { seen.view = seen.view === button.dataset.view ? "" : button.dataset.view; viewTools(); send("look"); });
    get("indicator").addEventListener("change", () => { seen.indicator = get("indicator").value; send("look"); });
    get("difference").addEventListener("change", () => { seen.difference = get("difference").value === "difference"; send("look"); });
    get("where").addEventListener("change", () => { seen.where = get("where").value; send("look"); });
    get("citizen-tools").addEventListener("submit", event => { event.preventDefault(); send("follow", { citizen: get("kind").value }); });
    get("another").addEventListener("submit", event => { event.preventDefault(); assume(get("another-name").value.trim(), +get("another-value").value); });
    addEventListener("hashchange", () => location.reload());
    addEventListener("pagehide", () => navigator.sendBeacon("/leave", new Blob(["{}"], { type: "application/json" })));
    addEventListener("pageshow", event => { if (event.persisted) send("look"); });
  }

  function viewTools() {
    const base = frame ? frame.names[0] : "";
    options(get("difference"), [["values", say("values")], ["difference", say("difference", { name: base })]], seen.difference ? "difference" : "values");
    options(get("where"), [["", say("everywhere")], ...(frame ? frame.places : []).map(([name, own]) => [name, own && own !== name ? name + " (" + own + ")" : name])], seen.where);
  }

  function presenter(on) {
    document.body.classList.toggle("presenter", on);
    get("presenter").setAttribute("aria-pressed", String(on));
    remember("presenter", on ? "yes" : "");
  }

  async function begin() {
    await language(seen.lang);
    listen();
    presenter(remembered("presenter", "") === "yes");
    const state = location.hash.slice(1);
    if (state) {
      history.replaceState(null, "", "/");
      if (await send("restore", { link: state })) return;
      const why = get("message").textContent;
      await send("look");
      tell(why);
    } else await send("look");
    document.documentElement.dataset.ready = "yes";
  }

  begin().catch(error => tell(error.message)).finally(() => { document.documentElement.dataset.ready = "yes"; });
})();

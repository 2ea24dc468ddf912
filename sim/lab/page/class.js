"use strict";
(() => {
  const { ask, make, picture, say, speak, options, remember, remembered, get } = lab;
  const TICK = 250, LOOK = 2000, NEWEST = 3;
  let lang = remembered("lang", navigator.language.startsWith("ko") ? "ko" : "en");
  let lessons = [], view = { code: "" }, running = false, timer = 0, address = "";

  const tell = text => { get("message").textContent = text || ""; };

  async function send(action, body = {}) {
    try {
      view = await ask("/class/do/" + action, { lang, ...body });
      if (action !== "look") tell("");
      draw();
      return view;
    } catch (error) {
      tell(error.told ? error.message : say("gone"));
      running = false;
      return null;
    }
  }

  function draw() {
    const open = Boolean(view.code);
    get("choosing").hidden = open;
    get("leading").hidden = !open;
    get("title").textContent = open ? view.title : say("title");
    if (!open) { drawLessons(); return; }
    drawJoin();
    drawStep();
    drawShown();
    get("roles").replaceChildren(...view.roles.map(role => make("li", {}, make("strong", {}, role.title), " ", role.briefing, make("small", {}, " (" + say("looks_at") + ": " + role.cares + ")"))));
    get("roles-part").hidden = !view.roles.length;
  }

  function drawLessons() {
    get("lessons").replaceChildren(...lessons.map(one => make("article", {}, make("h3", {}, one.title), make("p", {}, one.question),
      make("p", { class: "note" }, say("minutes", { n: one.minutes })),
      make("div", { class: "row" },
        make("button", { type: "button", class: "main", onclick: () => send("open", { lesson: one.name }), "aria-label": say("begin") + ": " + one.title }, say("begin")),
        make("a", { href: "/class/sheet/" + one.name + "/guide?lang=" + lang, download: "", "aria-label": say("guide") + ": " + one.title }, say("guide")),
        make("a", { href: "/class/sheet/" + one.name + "/worksheet?lang=" + lang, download: "", "aria-label": say("worksheet") + ": " + one.title }, say("worksheet"))))));
  }

  function drawJoin() {
    if (get("code").textContent !== view.code) {
      get("qr").src = "/class/qr.svg?" + view.code;
      get("qr").alt = view.join;
    }
    address = view.join;
    get("address").textContent = address.replace(/^https?:\/\//, "");
    get("code").textContent = view.code;
    get("only-here").hidden = !/\/\/(127\.|localhost|\[::1)/.test(address);
    get("joining").classList.toggle("begun", view.at > 1);
    get("students").textContent = say("students", { n: view.students });
  }

  const heading = () => (view.round ? say("round", { n: view.round }) : say(view.kind));
  function drawStep() {
    get("at").textContent = say("step", { at: view.at, all: view.steps });
    get("step-title").textContent = heading();
    get("text").textContent = view.text || view.look || "";
    get("asks").textContent = (view.kind === "explain" && view.asks ? say("discuss") : "") + (view.asks || "");
    get("answered").textContent = "answered" in view ? say("answered", { n: view.answered, all: view.students }) : "";
    const go = get("go");
    go.disabled = Boolean(view.last) || running;
    if (view.kind === "run") go.textContent = view.running ? (running ? say("running", { month: view.month, until: view.until }) : say("run")) : say("next");
    else go.textContent = view.kind === "vote" ? say("most") : view.last ? say("over") : say("next");
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.option : null;
    get("choices").replaceChildren(...(view.choices || []).map(text => make("li", {}, text)),
      ...(view.options || []).map(one => make("li", {}, make("strong", {}, one.label), " ", bar(one.count, view.students),
        make("small", {}, one.roles.map(([role, n]) => role + " " + n).join(", ")),
        make("button", { type: "button", "data-option": one.key, onclick: () => send("next", { choice: one.key }), "aria-label": say("decide") + ": " + one.label }, say("decide")))));
    if (focused) { const again = document.querySelector("[data-option='" + focused + "']"); if (again) again.focus(); }
  }

  function bar(count, all) {
    return make("span", { class: "count" }, make("progress", { max: Math.max(1, all), value: count, "aria-hidden": "true" }), " " + count);
  }

  function drawShown() {
    get("shown").hidden = !view.charts.length;
    get("legend").replaceChildren(...view.legend.map(one => make("li", {}, picture(one.key), one.name)));
    get("charts").replaceChildren(...view.charts.map(chart => make("figure", {}, make("figcaption", {}, chart.title, make("span", { class: "unit" }, chart.unit)),
      make("div", { class: "held" }, picture(chart.svg)), make("p", { class: "now" }, chart.now))));
    get("results-part").hidden = !view.results.length;
    const told = view.results.map(one => make("article", {}, make("h3", {}, one.question),
      one.decided ? make("p", {}, say("decided") + ": ", make("strong", {}, one.decided)) : null,
      one.bars ? make("ul", { class: "bars" }, ...one.bars.map(each => make("li", { class: each.right ? "right" : "" }, each.label + (each.right ? " ✓" : ""), " ", bar(each.count, view.students)))) : null,
      one.shown ? make("p", {}, say("showed") + one.shown) : null));
    const open = document.querySelector("#results details")?.open;
    get("results").replaceChildren(...told.slice(0, NEWEST), ...(told.length > NEWEST ? [make("details", { open: Boolean(open) }, make("summary", {}, say("earlier")), ...told.slice(NEWEST))] : []));
  }

  async function go() {
    if (view.kind !== "run" || !view.running) { await send("next"); return; }
    running = true;
    const each = Math.max(1, Math.ceil((view.until - view.month) / 24));
    while (running && view.kind === "run" && view.running) {
      const began = performance.now();
      if (!await send("run", { months: each })) break;
      await new Promise(done => setTimeout(done, Math.max(0, TICK - (performance.now() - began))));
    }
    running = false;
    draw();
  }

  async function language(chosen) {
    lang = chosen;
    remember("lang", lang);
    const offered = await ask("/class/words/" + lang);
    lessons = offered.lessons;
    speak(offered.words, lang);
  }

  function listen() {
    get("go").addEventListener("click", go);
    get("end").addEventListener("click", () => { if (confirm(say("end_sure"))) send("end"); });
    get("bring").addEventListener("click", async () => { if (await send("bring")) location.href = "/"; });
    get("language").addEventListener("click", async () => { await language(lang === "en" ? "ko" : "en"); await send("look"); });
    get("presenter").addEventListener("click", () => presenter(!document.body.classList.contains("presenter")));
  }

  function presenter(on) {
    document.body.classList.toggle("presenter", on);
    get("presenter").setAttribute("aria-pressed", String(on));
    remember("presenter", on ? "yes" : "");
  }

  async function look() {
    clearTimeout(timer);
    if (view.code && !running) await send("look");
    timer = setTimeout(look, LOOK);
  }

  async function begin() {
    await language(lang);
    listen();
    presenter(remembered("presenter", "") === "yes");
    await send("look");
    document.documentElement.dataset.ready = "yes";
    timer = setTimeout(look, LOOK);
  }

  begin().catch(error => tell(error.message));
})();

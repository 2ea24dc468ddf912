"use strict";
(() => {
  const { ask, make, say, speak, get } = lab;
  const LOOK = 1500;
  // Who this phone is, in case that it keeps no cookies.
  let me = "";
  let code = decodeURIComponent(location.pathname.split("/")[2] || ""), lang = "", view = null, timer = 0, wait = LOOK;

  const tell = text => { get("message").textContent = text || ""; };

  async function language(chosen) {
    if (chosen === lang) return;
    lang = chosen;
    speak((await ask("/class/student/words/" + lang)).words, lang);
    get("answers").dataset.step = "";
  }

  async function send(action, body = {}) {
    try {
      view = await ask("/class/student/" + action, { code, lang: lang || "en", me, ...body });
      me = view.me;
      wait = LOOK;
      await language(view.lang);
      tell("");
      draw();
      return true;
    } catch (error) {
      tell(error.told ? error.message : say("gone"));
      if (error.told && action === "look") { get("entering").hidden = false; get("inside").hidden = true; }
      wait = error.told ? LOOK : Math.min(15000, 2 * wait);
      return false;
    }
  }

  function draw() {
    get("entering").hidden = true;
    get("inside").hidden = false;
    get("lesson").textContent = view.title;
    get("kind").textContent = view.round ? say("round", { n: view.round }) : say(view.kind);
    get("asks").textContent = view.asks || "";
    get("text").textContent = view.step ? "" : view.text || view.look || say("wait");
    if (get("answers").dataset.step !== view.step) drawAnswers();
    for (const button of get("answers").querySelectorAll("button[value]")) button.setAttribute("aria-pressed", String(button.value === String(view.answer)));
    get("sent").textContent = view.step && view.answer !== null ? say("sent") : "";
    get("role-part").hidden = !view.role.title;
    get("role").textContent = view.role.title;
    get("briefing").textContent = view.role.briefing;
    get("cares").textContent = view.role.cares || "";
    get("now").textContent = view.now;
    get("told").replaceChildren(...view.last.map(text => make("li", {}, text)));
    get("who").textContent = say("you_are", { n: view.number });
  }

  function drawAnswers() {
    get("answers").dataset.step = view.step;
    if (!view.step) { get("answers").replaceChildren(); return; }
    if (view.choices.length) {
      get("answers").replaceChildren(...view.choices.map(([value, label]) => make("button", { type: "button", value, "aria-pressed": "false", onclick: () => answer(value) }, label)));
      return;
    }
    const input = make("input", { type: "number", step: "any", required: true, id: "number", value: view.answer ?? "" });
    get("answers").replaceChildren(make("label", {}, say("your_answer") + " (" + view.unit + ") ", input), make("button", { type: "submit", class: "main" }, say("send")));
  }

  const answer = value => send("answer", { step: view.step, answer: value });

  async function look() {
    clearTimeout(timer);
    if (code) await send("look");
    timer = setTimeout(look, wait);
  }

  async function begin() {
    await language(navigator.language.startsWith("ko") ? "ko" : "en");
    get("answers").addEventListener("submit", event => { event.preventDefault(); answer(get("number").value); });
    get("entering").addEventListener("submit", event => { event.preventDefault(); code = get("code").value.trim().toLowerCase(); look(); });
    if (!code) get("entering").hidden = false;
    await look();
    document.documentElement.dataset.ready = "yes";
  }

  begin().catch(error => tell(error.message));
})();

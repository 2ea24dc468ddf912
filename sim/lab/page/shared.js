"use strict";
// What all pages of the lab share: the server, words, elements. No text ever becomes markup.
const lab = (() => {
  const parser = new DOMParser();
  let words = {};

  async function ask(path, body, headers = {}) {
    const answer = await fetch(path, body === undefined ? { headers } : {
      method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
    });
    const told = answer.status === 204 ? {} : await answer.json().catch(() => ({ error: answer.statusText }));
    if (!answer.ok) throw Object.assign(new Error(told.error || answer.statusText), { told: true });
    return told;
  }

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (typeof value === "boolean") element.toggleAttribute(key, value);
      else if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter(child => child !== null && child !== undefined));
    return element;
  }

  function picture(text) {
    const drawn = parser.parseFromString(text, "image/svg+xml").documentElement;
    return document.importNode(drawn, true);
  }

  function say(key, values = {}) {
    return (words[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function speak(own, lang) {
    words = own;
    document.documentElement.lang = lang;
    document.title = say("title");
    for (const element of document.querySelectorAll("[data-t]")) element.textContent = say(element.dataset.t);
  }

  function options(select, pairs, chosen) {
    select.replaceChildren(...pairs.map(([value, text]) => make("option", { value }, text)));
    if (chosen !== undefined) select.value = chosen;
  }

  function remember(key, value) {
    try { localStorage.setItem("govshift-" + key, value); } catch { /* a browser may keep nothing */ }
  }

  function remembered(key, otherwise) {
    try { return localStorage.getItem("govshift-" + key) ?? otherwise; } catch { return otherwise; }
  }

  return { ask, make, picture, say, speak, options, remember, remembered, get: id => document.getElementById(id) };
})();

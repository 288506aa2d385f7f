// Puts the views that the kernel writes on the page, and asks for the next one.
//
// Where the viewer is stands in the address behind "#". In Voila the page is ours: links change the
// address itself, so back, forward and bookmarks work. In a notebook the address belongs to the
// notebook: links are caught, and the way back is kept here.

const SLOW = 15000; // ms without an answer, after which the connection counts as lost
const PLOT = { displayModeBar: false, responsive: true, showTips: false };

let plotly; // one promise for the whole page

function loadPlotly(model, address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  plotly ??= window.wbPlotly ?? (address ? fromServer(address) : fromKernel(model));
  return plotly;
}

function fromServer(address) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => done(window.Plotly);
    script.onerror = () => failed(new Error(`${address} did not load`));
    document.head.append(script);
  });
}

function fromKernel(model) {
  return new Promise((done) => {
    model.on("msg:custom", (message, buffers) => {
      if (!message.plotly) return;
      const script = document.createElement("script");
      script.src = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
      script.onload = () => done(window.Plotly);
      document.head.append(script);
    });
    model.send({ plotly: true });
  });
}

export class Page {
  constructor(model, host, root, ours) {
    this.model = model;
    this.host = host;
    this.root = root;
    this.ours = ours;
    this.asked = 0; // questions sent; an answer to an older one comes too late
    this.depth = 0; // views gone forward from the first
    this.trail = []; // in a notebook: the addresses behind us
    this.scrolls = new Map();
    const style = root.querySelector("style");
    if (style) host.insertBefore(style, root);
    model.on("msg:custom", (message) => this.hear(message));
    if (ours) model.on("close", () => this.lose());
    host.addEventListener("click", (event) => this.click(event));
    host.addEventListener("change", (event) => this.choose(event));
    host.addEventListener("submit", (event) => this.find(event));
    if (ours) {
      history.scrollRestoration = "manual";
      window.addEventListener("hashchange", () => {
        this.back = !this.forward; // by the browser's own buttons
        this.forward = false;
        this.ask(location.hash);
      });
      window.addEventListener("beforeprint", () => this.forPaper(true));
      window.addEventListener("afterprint", () => this.forPaper(false));
    }
    this.draw(root);
    const wanted = ours && location.hash.length > 1 ? location.hash : root.dataset.hash;
    this.ask(wanted, true);
  }

  ask(hash, first = false) {
    this.asked += 1;
    this.scrolls.set(this.root.dataset.hash, window.scrollY);
    this.began = performance.now();
    this.root.classList.toggle("wb-busy", !first);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), SLOW);
    this.model.send({ seq: this.asked, hash, shown: first ? this.root.dataset.hash : "" });
  }

  hear(message) {
    if (message.seq !== this.asked) return;
    clearTimeout(this.timer);
    this.root.classList.remove("wb-waiting", "wb-busy", "wb-elsewhere");
    this.root.querySelector(".wb-lost").hidden = true;
    if (message.html) this.show(message.html);
    this.host.dispatchEvent(
      new CustomEvent("wb-shown", {
        bubbles: true,
        detail: { hash: this.root.dataset.hash, ms: performance.now() - this.began },
      }),
    );
  }

  lose() {
    this.root.classList.remove("wb-busy");
    this.root.querySelector(".wb-lost").hidden = false;
  }

  show(html) {
    const next = document.createRange().createContextualFragment(html).querySelector(".wb-page");
    const before = this.root;
    const [from, to] = [before, next].map((page) => new URLSearchParams(page.dataset.hash.slice(1)));
    const focused = document.activeElement?.id;
    for (const place of next.querySelectorAll(".wb-figure")) {
      // A drawn figure moves over and is drawn anew in its place: nothing flashes.
      const drawn = before.querySelector(`.wb-figure.js-plotly-plot[id="${place.id}"]`);
      if (!drawn || place.firstElementChild) continue;
      drawn.setAttribute("aria-label", place.getAttribute("aria-label"));
      place.replaceWith(drawn);
    }
    for (const old of before.querySelectorAll(".js-plotly-plot")) window.Plotly?.purge(old);
    before.replaceWith(next);
    this.root = next;
    // What an address names and the run has not is left out of it again.
    if (this.ours && location.hash !== next.dataset.hash) {
      history.replaceState(null, "", next.dataset.hash);
    }
    this.draw(next);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (from.get("page") !== to.get("page") || from.get("subject") !== to.get("subject")) {
      if (!this.ours) next.scrollIntoView({ block: "start" });
      else window.scrollTo(0, this.back ? (this.scrolls.get(next.dataset.hash) ?? 0) : 0);
    }
    this.back = false;
  }

  draw(root) {
    if (this.ours) {
      document.title = root.dataset.title;
      document.documentElement.lang = root.lang;
    }
    const data = root.querySelector("script.wb-data");
    const figures = Object.entries(data ? JSON.parse(data.textContent) : {});
    if (!figures.length) return;
    loadPlotly(this.model, root.dataset.plotly)
      .then((Plotly) => {
        for (const [id, figure] of figures) {
          const place = root.querySelector(`[id="${id}"]`);
          if (!place?.isConnected) continue;
          const drawn = JSON.stringify(figure);
          if (place.wbDrawn === drawn) continue; // the same figure, moved over
          place.wbDrawn = drawn;
          Plotly.react(place, figure.data, figure.layout, PLOT);
          place.removeAllListeners?.("plotly_click");
          place.on("plotly_click", ({ points }) => this.go(points[0]?.customdata));
        }
      })
      .catch((error) => console.error(error));
  }

  go(hash) {
    if (!hash) return;
    this.depth += 1;
    if (this.ours) {
      this.forward = location.hash !== hash;
      location.hash = hash;
    } else {
      this.trail.push(this.root.dataset.hash);
      this.ask(hash);
    }
  }

  click(event) {
    // Anywhere in the row of a topic opens it: its cells lead nowhere themselves.
    const row = event.target.closest("tr.wb-topic");
    const target = event.target.closest("a[href^='#'], button") ?? row?.querySelector(".wb-fold");
    if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (target.matches("[data-print]")) window.print();
    else if (target.matches("[data-reload]")) location.reload();
    else if (target.matches("a")) {
      event.preventDefault();
      if (target.matches("[data-back]") && this.depth > 0) this.goBack();
      else this.go(target.getAttribute("href"));
    }
  }

  goBack() {
    this.depth -= 1;
    if (this.ours) history.back();
    else {
      this.back = true;
      this.ask(this.trail.pop());
    }
  }

  choose(event) {
    const select = event.target;
    if (select.matches("[data-runs]")) this.go(select.value);
    const form = select.closest(".wb-filters");
    if (!form) return;
    const address = new URLSearchParams(form.dataset.hash.slice(1));
    for (const field of form.querySelectorAll("select")) {
      // A unit belongs to one organ: another organ forgets it.
      const forget = select.name === "organ" && field.name === "unit";
      if (field.value && !forget) address.set(field.name, field.value);
    }
    this.go(`#${address}`);
  }

  find(event) {
    event.preventDefault();
    const form = event.target;
    const subject = form.elements.subject?.value.trim();
    if (subject) this.go(`${form.dataset.hash}&${new URLSearchParams({ subject })}`);
  }

  forPaper(printing) {
    for (const svg of this.root.querySelectorAll(".wb-figure svg.main-svg")) {
      const [width, height] = [svg.getAttribute("width"), svg.getAttribute("height")];
      if (printing) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      else svg.removeAttribute("viewBox");
      svg.closest(".wb-figure").style.setProperty("--wb-shape", `${width} / ${height}`);
    }
  }
}

// The page that our server sent, on a channel to its widget (`channel.js`).
export function open(channel) {
  const root = document.getElementById("wb-first");
  return new Page(channel, root.parentElement, root, true);
}

// A cell's output in a notebook.
function render({ model, el }) {
  el.innerHTML = model.get("first");
  new Page(model, el, el.querySelector(".wb-page"), false);
}

export default { render };

// The desk's page: what the leadership dashboard's page does, and forms that do something.
//
// A deed goes out with all that was typed; a refusal is shown where it was tried, and nothing that
// was typed is touched. The rating form (form.js) keeps a draft with every change.

import { Form } from "./form.js";
import { Page } from "./widget.js";

export class Desk extends Page {
  draw(root) {
    super.draw(root);
    if (!this.listens) {
      this.listens = true;
      this.host.addEventListener("input", (event) => this.type(event));
    }
    this.form?.leave();
    const form = root.querySelector("#wb-form");
    this.form = form ? new Form(this, root, form) : null;
  }

  hear(message) {
    if (message.draft && message.seq < 0) this.hearKept(message);
    else if (message.draft) this.form?.kept(message);
    else if (message.left === true) this.hearLeft(message);
    else if (message.do) this.hearDone(message);
    else {
      super.hear(message);
      if (!message.html && message.seq === this.asked) this.form?.begin();
    }
  }

  go(hash) {
    this.form?.save();
    this.typing?.save();
    super.go(hash);
  }

  show(html) {
    const before = new URLSearchParams(this.root.dataset.hash.slice(1));
    super.show(html);
    const now = new URLSearchParams(this.root.dataset.hash.slice(1));
    const moved = ["view", "case", "round"].some((name) => before.get(name) !== now.get(name));
    if (moved && !this.ours) this.root.scrollIntoView({ block: "start" });
    else if (moved && !this.back) window.scrollTo(0, 0);
    // Not where the focus was on the page before: where there is something to do.
    if (moved || !this.form?.current) this.form?.begin();
  }

  // What is done

  do(verb, given, place) {
    this.asked += 1;
    this.place = place;
    this.began = performance.now();
    this.root.classList.add("wb-busy");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lose(), 15000);
    this.model.send({ seq: this.asked, hash: this.root.dataset.hash, do: verb, with: given });
  }

  hearDone(message) {
    if (message.seq !== this.asked) return;
    clearTimeout(this.timer);
    this.root.classList.remove("wb-waiting", "wb-busy");
    if (message.running) this.form?.renew(message);
    if (message.refused) this.refuse(message.refused, message.goto);
    else if (message.confirm) this.form?.confirm(message.confirm);
    else if (message.html) this.turn(message.html);
    this.host.dispatchEvent(
      new CustomEvent("wb-shown", {
        bubbles: true,
        detail: {
          hash: this.root.dataset.hash,
          ms: performance.now() - this.began,
          refused: message.refused ?? "",
        },
      }),
    );
  }

  turn(html) {
    const next = html.match(/data-hash="([^"]*)"/)?.[1].replaceAll("&amp;", "&");
    if (this.ours && next && next !== location.hash) history.pushState(null, "", next);
    else if (!this.ours && next !== this.root.dataset.hash) this.trail.push(this.root.dataset.hash);
    this.show(html);
  }

  refuse(text, goto) {
    const place = this.place?.querySelector(".wb-refused") ?? this.root.querySelector("#wb-said");
    place.textContent = text;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
    if (goto) this.form?.goto(goto);
  }

  // The left of a case changes alone: the form beside it stays as it is.

  hearLeft(message) {
    if (message.seq !== this.asked) return;
    clearTimeout(this.timer);
    this.root.classList.remove("wb-busy");
    if (message.html) return this.show(message.html);
    const left = this.root.querySelector("#wb-left");
    left.innerHTML = message.pane;
    left.scrollTop = 0;
    this.root.dataset.hash = message.here;
    if (this.ours) history.replaceState(null, "", message.here);
    left.querySelector("[aria-current]")?.focus({ preventScroll: true });
    this.host.dispatchEvent(new CustomEvent("wb-shown", { bubbles: true, detail: { ms: 0 } }));
  }

  askLeft(hash) {
    this.asked += 1;
    this.root.classList.add("wb-busy");
    this.timer = setTimeout(() => this.lose(), 15000);
    this.model.send({ seq: this.asked, hash, left: true });
  }

  click(event) {
    const link = event.target.closest("a[href^='#']");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (link?.matches("[data-goto]")) {
      event.preventDefault();
      this.form?.goto(link.dataset.goto);
    } else if (link && plain && link.closest("#wb-left") && this.root.querySelector("#wb-right")) {
      event.preventDefault();
      this.askLeft(link.getAttribute("href"));
    } else if (!this.form?.click(event)) super.click(event);
  }

  find(event) {
    const form = event.target;
    if (!form.matches("[data-do]")) return super.find(event);
    event.preventDefault();
    const refused = form.querySelector(".wb-refused");
    if (refused) refused.hidden = true;
    this.send(form, fields(form, event.submitter));
  }

  async send(form, given) {
    const chosen = [...(form.querySelector("input[data-hash]")?.files ?? [])];
    if (chosen.length) {
      given.files = {};
      for (const file of chosen) given.files[file.name] = await sha256(file);
    }
    this.do(form.dataset.do, given, form);
  }

  // Long forms outside of the rating keep their drafts, too.

  type(event) {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    const place = form.querySelector(".wb-saved");
    clearTimeout(this.typing?.timer);
    place.textContent = place.dataset.unsaved;
    const save = () => {
      clearTimeout(this.typing?.timer);
      this.typing = undefined;
      place.textContent = place.dataset.saving;
      this.kept = (this.kept ?? 0) - 1;
      this.keptAt = place;
      const given = { case: form.dataset.keep, fields: fields(form) };
      this.model.send({ seq: this.kept, hash: this.root.dataset.hash, keep: true, with: given });
    };
    this.typing = { save, timer: setTimeout(save, 400) };
  }

  hearKept(message) {
    if (message.seq !== this.kept) return;
    this.keptAt.textContent = message.refused ?? this.keptAt.dataset.saved;
  }
}

function fields(form, button) {
  const given = {};
  for (const [name, value] of new FormData(form, button)) {
    if (typeof value !== "string") continue;
    if (name.endsWith("[]")) (given[name.slice(0, -2)] ??= []).push(value);
    else given[name] = value;
  }
  return given;
}

// Of a file only its name and its hash are kept; the file itself stays where it is.
async function sha256(file) {
  const hash = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(hash), (n) => n.toString(16).padStart(2, "0")).join("");
}

// The page that our server sent, on a channel to its widget (`channel.js`).
export function open(channel) {
  const root = document.getElementById("wb-first");
  const desk = new Desk(channel, root.parentElement, root, true);
  window.addEventListener("beforeunload", (event) => {
    if (desk.form?.unsaved || desk.typing) event.preventDefault();
  });
  return desk;
}

// A cell's output in a notebook.
function render({ model, el }) {
  el.innerHTML = model.get("first");
  new Desk(model, el, el.querySelector(".wb-page"), false);
}

export default { render };

// The rating form: reads the answers off the page, keeps them with every change, leads on.

import { Keys } from "./keys.js";

const PAUSE = 250; // ms after the last letter before a draft is kept

const all = (root, path) => [...root.querySelectorAll(path)];
const value = (root, path) => root.querySelector(path)?.value.trim() ?? "";
const checked = (root, path) => root.querySelector(`${path}:checked`)?.value ?? "";

export class Form {
  constructor(desk, root, form) {
    this.desk = desk;
    this.root = root;
    this.form = form;
    this.kind = form.dataset.kind;
    this.sent = 0;
    this.unsaved = false;
    this.keys = new Keys(this);
    form.addEventListener("input", (event) => this.typed(event.target));
    form.addEventListener("change", (event) => this.changed(event.target));
    form.addEventListener("focusin", (event) => this.at(event.target.closest(".wb-item")));
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const dialog of all(root, "dialog")) {
      dialog.addEventListener("click", (event) => this.inDialog(dialog, event));
      dialog.addEventListener("close", () => this.current?.focus());
    }
    this.mark();
  }

  leave() {
    clearTimeout(this.timer);
    this.keys.leave();
  }

  begin() {
    if (this.begun) return;
    this.begun = true;
    const first = this.items().find((item) => this.isOpen(item)) ?? this.items()[0];
    if (!first) return;
    if (this.kind === "rating") this.goto(first.id);
    else this.at(first); // the ratings above it are read first
  }

  // What is answered

  items() {
    return all(this.form, ".wb-item:not(.wb-question)");
  }

  isOpen(item) {
    if (item.querySelector("[data-absent]")?.checked) return false;
    if (all(item, ".wb-proposal").some((one) => !checked(one, "input[type=radio]"))) return true;
    const anchors = item.querySelector(".wb-anchors");
    if (anchors && !checked(anchors, "input")) return true;
    return all(item, ".wb-deduction").some((row) => !row.querySelector(".wb-chip"));
  }

  collect() {
    const said = { items: {}, vetoes: {} };
    for (const item of all(this.form, "[data-criterion]")) {
      const found = this.item(item);
      if (found) said.items[item.dataset.criterion] = found;
    }
    for (const item of all(this.form, "[data-veto]")) {
      const decision =
        "asked" in item.dataset
          ? item.querySelector("[data-found]").checked && "confirmed"
          : checked(item, "input[type=radio]");
      if (decision) said.vetoes[item.dataset.veto] = { decision, reason: value(item, ".wb-why textarea") };
    }
    for (const name of ["note", "reason"]) {
      const text = value(this.form, `#wb-${name}`);
      if (text) said[name] = text;
    }
    return said;
  }

  item(item) {
    const applicable = !item.querySelector("[data-absent]").checked;
    const found = {
      applicable,
      reason: applicable ? "" : value(item, ".wb-why-absent textarea"),
      anchor: checked(item, ".wb-anchors input"),
      deductions: all(item, ".wb-deduction").map((row) => ({
        points: Number(value(row, "input[type=number]")) || 0,
        reason: value(row, "textarea"),
        evidence: all(row, ".wb-chip").map((chip) => chip.dataset.ref),
      })),
      proposals: {},
      settled: {},
    };
    for (const one of all(item, ".wb-proposal")) {
      const decision = checked(one, "input[type=radio]");
      if (!decision) continue;
      const reason = decision === "overturned" ? value(one, ".wb-why textarea") : "";
      found.proposals[one.dataset.check] = { decision, reason };
    }
    for (const one of all(item, ".wb-settle")) {
      const outcome = value(one, "select");
      const reason = value(one, "textarea");
      if (outcome) found.settled[one.dataset.settle] = { outcome, reason };
    }
    const said = found.anchor || found.deductions.length || !applicable;
    return said || Object.keys({ ...found.proposals, ...found.settled }).length ? found : null;
  }

  // Keeping

  typed() {
    this.unsaved = true;
    this.form.querySelector("#wb-refused").hidden = true;
    this.tell("unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  save() {
    if (!this.unsaved) return;
    clearTimeout(this.timer);
    this.unsaved = false;
    this.sent += 1;
    this.tell("saving");
    const hash = this.form.dataset.address;
    this.desk.model.send({ seq: this.sent, hash, keep: true, with: this.collect() });
  }

  kept(message) {
    if (message.seq !== this.sent) return;
    if (message.refused !== undefined) {
      this.unsaved = true;
      this.tell("unsaved");
      this.desk.place = this.form;
      return this.desk.refuse(message.refused);
    }
    if (!this.unsaved) this.tell("saved");
    this.renew(message);
    this.form.dispatchEvent(new CustomEvent("wb-kept", { bubbles: true }));
  }

  renew(message) {
    const running = this.form.querySelector("#wb-running");
    const opened = running.querySelector("details")?.open;
    running.innerHTML = message.running;
    const list = running.querySelector("details");
    if (list) list.open = Boolean(opened);
    for (const [criterion, points] of Object.entries(message.points)) {
      const place = document.getElementById(`wb-p-${criterion}`);
      if (place) place.textContent = points;
    }
    this.mark();
  }

  mark() {
    const open = new Set(all(this.form, "#wb-running [data-goto]").map((a) => a.dataset.goto));
    for (const item of this.items()) item.classList.toggle("wb-open", open.has(item.id));
  }

  tell(state) {
    const place = this.form.querySelector("#wb-saved");
    place.textContent = place.dataset[state];
    place.dataset.state = state;
  }

  // Changing

  changed(field) {
    const item = field.closest(".wb-item");
    if (field.matches(".wb-anchors input")) this.anchored(item, field);
    if (item) this.refresh(item);
    this.typed();
    this.save();
  }

  refresh(item) {
    const absent = item.querySelector("[data-absent]");
    item.classList.toggle("wb-off", Boolean(absent?.checked));
    const why = item.querySelector(".wb-why-absent");
    if (why) why.hidden = !absent.checked;
    for (const one of all(item, ".wb-proposal")) {
      const decision = checked(one, "input[type=radio]");
      const field = one.querySelector(".wb-why");
      field.hidden = !decision || (decision === "confirmed" && !item.dataset.veto);
      const text = field.querySelector("textarea");
      if (decision === "confirmed" && one.dataset.words && !text.value) text.value = one.dataset.words;
    }
    for (const one of all(item, ".wb-settle")) {
      one.querySelector(".wb-why").hidden = !one.querySelector("select").value;
    }
    if ("asked" in item.dataset) {
      item.querySelector(".wb-why").hidden = !item.querySelector("[data-found]").checked;
    }
  }

  // An anchor below full proposes what it deducts, with its words as the reason.
  anchored(item, radio) {
    const words = all(item, ".wb-anchors input").map((one) => one.dataset.words);
    const rows = all(item, ".wb-deduction");
    let own = rows.find((row) => words.includes(value(row, "textarea")));
    const due = Number(radio.dataset.due);
    if (radio.value === "own") return;
    if (!due) return own?.remove();
    if (!own && rows.length) return;
    own ??= this.add(item);
    const others = rows.filter((row) => row !== own);
    const taken = others.reduce((sum, row) => sum + Number(value(row, "input[type=number]")), 0);
    own.querySelector("input[type=number]").value = Math.max(0, due - taken);
    own.querySelector("textarea").value = radio.dataset.words;
  }

  add(item) {
    const row = this.root.querySelector("#wb-deduction").content.firstElementChild.cloneNode(true);
    item.querySelector(".wb-deductions").append(row);
    const anchors = item.querySelector(".wb-anchors");
    if (anchors && !checked(anchors, "input")) anchors.querySelector("[value=own]").checked = true;
    return row;
  }

  click(event) {
    const button = event.target.closest("#wb-form button");
    if (!button) return false;
    const item = button.closest(".wb-item");
    const row = button.closest(".wb-deduction");
    if ("add" in button.dataset) this.add(item).querySelector("input").focus();
    else if ("drop" in button.dataset) row.remove();
    else if ("unpick" in button.dataset) button.closest(".wb-chip").remove();
    else if ("pick" in button.dataset) this.pick(row);
    else if ("gap" in button.dataset) this.nextGap();
    else if ("keys" in button.dataset) this.root.querySelector("#wb-keys").showModal();
    else if (button.dataset.submit) this.submit(button.dataset.submit);
    else return false;
    if ("drop" in button.dataset || "unpick" in button.dataset) {
      item.focus();
      this.typed();
      this.save();
    }
    return true;
  }

  // Leading on

  at(item) {
    if (!item || item === this.current) return;
    this.current?.classList.remove("wb-current");
    item.classList.add("wb-current");
    this.current = item;
  }

  goto(id) {
    const item = document.getElementById(id);
    if (!item) return;
    const folded = item.closest("details");
    if (folded) folded.open = true;
    const head = this.form.querySelector("#wb-running").offsetHeight;
    item.style.scrollMarginTop = `${head + 8}px`;
    item.scrollIntoView({ block: "nearest" });
    const itself = item.matches("[tabindex], textarea");
    (itself ? item : item.querySelector("input")).focus({ preventScroll: true });
  }

  move(by) {
    const items = this.items();
    const next = items[items.indexOf(this.current) + by];
    if (next) this.goto(next.id);
  }

  // To the next item that has no answer yet; to the way out where all have one.
  onward() {
    if (this.current && this.isOpen(this.current)) return;
    const items = this.items();
    const at = items.indexOf(this.current);
    const next = [...items.slice(at + 1), ...items.slice(0, at)].find((item) => this.isOpen(item));
    if (next) this.goto(next.id);
  }

  nextGap() {
    const gaps = all(this.form, "#wb-running [data-goto]").map((a) => a.dataset.goto);
    const at = gaps.indexOf(this.current?.id);
    if (gaps.length) this.goto(gaps[(at + 1) % gaps.length]);
  }

  // Dialogs

  pick(row) {
    const dialog = this.root.querySelector("#wb-evidence");
    this.row = row;
    const refs = all(row, ".wb-chip").map((chip) => chip.dataset.ref);
    const boxes = all(dialog, "input[type=checkbox]");
    for (const box of boxes) box.checked = refs.includes(box.value);
    const listed = boxes.map((box) => box.value);
    dialog.querySelector("input[type=text]").value = refs.filter((r) => !listed.includes(r)).join("; ");
    dialog.showModal();
    (boxes[0] ?? dialog.querySelector("input[type=text]")).focus();
  }

  picked() {
    const dialog = this.root.querySelector("#wb-evidence");
    const chosen = all(dialog, "input[type=checkbox]:checked").map((box) => [box.value, box.dataset.title]);
    const other = value(dialog, "input[type=text]");
    for (const text of other.split(/[;；]/)) if (text.trim()) chosen.push([text.trim(), text.trim()]);
    const chips = this.row.querySelector(".wb-chips");
    chips.replaceChildren(...chosen.map(([ref, title]) => this.chip(ref, title)));
    dialog.close();
    this.typed();
    this.save();
    this.onward();
  }

  chip(ref, title) {
    const chip = document.createElement("span");
    chip.className = "wb-chip";
    chip.dataset.ref = ref;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.dataset.unpick = "";
    drop.textContent = "×";
    drop.setAttribute("aria-label", this.root.querySelector("#wb-deduction").content
      .querySelector("[data-drop]").getAttribute("aria-label"));
    chip.append(title, drop);
    return chip;
  }

  submit(then) {
    clearTimeout(this.timer);
    this.unsaved = false;
    this.then = then;
    const said = { ...this.collect(), then, kind: this.kind };
    this.form.querySelector("#wb-refused").hidden = true;
    this.desk.do("confirm", said, this.form);
  }

  confirm(html) {
    const dialog = this.root.querySelector("#wb-confirm");
    dialog.innerHTML = html;
    dialog.showModal();
    dialog.querySelector("[data-really]").focus();
  }

  inDialog(dialog, event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("close" in button.dataset) dialog.close();
    else if ("done" in button.dataset) this.picked();
    else if (button.dataset.really) {
      dialog.close();
      const then = button.dataset.then;
      this.desk.do(button.dataset.really, { ...this.collect(), then }, this.form);
    }
  }
}

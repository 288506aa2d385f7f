// The form without a mouse. Letters count only outside of fields, and can be switched off.

const OFF = "workbench-desk-keys-off";
const TYPED = "textarea, select, input:not([type=radio]):not([type=checkbox])";

export class Keys {
  constructor(form) {
    this.form = form;
    this.listen = (event) => this.press(event);
    document.addEventListener("keydown", this.listen);
    const off = form.root.querySelector("#wb-keys-off");
    off.checked = localStorage.getItem(OFF) === "1";
    off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "1" : ""));
  }

  leave() {
    document.removeEventListener("keydown", this.listen);
  }

  press(event) {
    const dialog = this.form.root.querySelector("dialog[open]");
    if (event.isComposing) return; // an input method is at work: its Enter is not ours
    if (dialog) return this.inDialog(event, dialog);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return this.form.submit("next");
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest?.(TYPED);
    if (field) {
      if (event.key === "Escape") this.form.current?.focus();
      return;
    }
    if (event.target.matches?.("input[type=radio]") && event.key.startsWith("Arrow")) return;
    if (event.target.closest?.("a, button, summary") && ["Enter", " "].includes(event.key)) return;
    if (localStorage.getItem(OFF) === "1" || event.target.closest?.("#wb-left")) return;
    if (this.act(event.key.toLowerCase())) event.preventDefault();
  }

  act(key) {
    const { form } = this;
    const item = form.current;
    const moves = { j: 1, arrowdown: 1, k: -1, arrowup: -1 };
    if (key in moves) form.move(moves[key]);
    else if (key === "g") form.nextGap();
    else if (key === "?") form.root.querySelector("#wb-keys").showModal();
    else if (!item) return false;
    else if ("1234".includes(key)) return this.anchor(item, Number(key) - 1);
    else if (key === "y" || key === "n") return this.decide(item, key === "y");
    else if (key === "d") return this.deduct(item);
    else if (key === "e") return this.evidence(item);
    else if (key === "x") return this.absent(item);
    else return false;
    return true;
  }

  anchor(item, at) {
    const radio = item.querySelectorAll(".wb-anchors input")[at];
    if (!radio) return false;
    radio.checked = true;
    this.form.changed(radio);
    if (radio.value === "own" && !item.querySelector(".wb-deduction")) this.deduct(item);
    else this.form.onward();
    return true;
  }

  decide(item, confirm) {
    const all = [...item.querySelectorAll(".wb-proposal")];
    const one = all.find((p) => !p.querySelector("input:checked")) ?? all[0];
    if (!one) return false;
    const radio = one.querySelector(`input[value=${confirm ? "confirmed" : "overturned"}]`);
    radio.checked = true;
    this.form.changed(radio);
    const why = one.querySelector(".wb-why");
    const text = why.querySelector("textarea");
    if (!confirm) text.focus();
    else if (item.dataset.veto) text.select(); // a veto is reasoned in writing: read before moving on
    else this.form.onward();
    return true;
  }

  deduct(item) {
    if (!item.querySelector("[data-add]")) return false;
    this.form.add(item).querySelector("input").focus();
    return true;
  }

  evidence(item) {
    const rows = [...item.querySelectorAll(".wb-deduction")];
    const row = rows.find((one) => !one.querySelector(".wb-chip")) ?? rows.at(-1);
    if (!row) return false;
    this.form.pick(row);
    return true;
  }

  absent(item) {
    const box = item.querySelector("[data-absent]");
    if (!box) return false;
    box.checked = !box.checked;
    this.form.changed(box);
    if (box.checked) item.querySelector(".wb-why-absent textarea").focus();
    return true;
  }

  inDialog(event, dialog) {
    if (dialog.id !== "wb-evidence") return;
    const boxes = [...dialog.querySelectorAll("input[type=checkbox]")];
    const typing = event.target.matches("input[type=text]");
    const at = boxes.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && !event.target.matches("button")) this.form.picked();
    else if (step && !typing) boxes[Math.min(Math.max(at + step, 0), boxes.length - 1)]?.focus();
    else if (/^[1-9]$/.test(event.key) && !typing && boxes[event.key - 1]) {
      boxes[event.key - 1].checked = !boxes[event.key - 1].checked;
    } else return;
    event.preventDefault();
  }
}

// Speaks with one widget of one kernel over jupyter's websocket, protocol v1: what anywidget's model
// does in a notebook, without the three megabytes of JupyterLab that Voila would load for it.

const PROTOCOL = "v1.kernel.websocket.jupyter.org";
const [HEADER, CONTENT] = [0, 3]; // parts of a message: header, parent, metadata, content, buffers
const WORD = 8; // bytes of a number in the head of a message
const PAUSES = [500, 2000, 5000]; // ms before a lost line is tried again

export class Channel {
  constructor(base, kernel, model) {
    this.model = model;
    this.session = anId();
    this.heard = { "msg:custom": [], close: [] };
    this.waiting = []; // said while the socket was not open
    this.address = new URL(`${base}api/kernels/${kernel}/channels`, location.href);
    this.address.protocol = this.address.protocol.replace("http", "ws");
    this.address.search = new URLSearchParams({ session_id: this.session });
    window.addEventListener("pagehide", () => this.leave(`${base}voila/api/shutdown/${kernel}`));
    this.connect();
  }

  // A proxy or a sleeping laptop may cut the line: it is taken up again before anybody is told.
  connect(tries = PAUSES.length) {
    this.socket = new WebSocket(this.address, [PROTOCOL]);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      tries = PAUSES.length;
      this.waiting.splice(0).forEach((frame) => this.socket.send(frame));
    };
    this.socket.onmessage = ({ data }) => this.hear(data);
    this.socket.onclose = () => {
      if (this.left) return;
      if (tries) setTimeout(() => this.connect(tries - 1), PAUSES.at(-tries));
      else this.heard.close.forEach((tell) => tell());
    };
  }

  on(name, tell) {
    this.heard[name].push(tell);
  }

  send(content) {
    const header = {
      msg_id: anId(),
      msg_type: "comm_msg",
      session: this.session,
      username: "",
      version: "5.3",
      date: new Date().toISOString(),
    };
    const data = { method: "custom", content };
    const message = frame("shell", [header, {}, {}, { comm_id: this.model, data }]);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(message);
    else this.waiting.push(message);
  }

  hear(bytes) {
    const parts = unframe(bytes);
    if (JSON.parse(parts[HEADER]).msg_type !== "comm_msg") return;
    const { comm_id: from, data } = JSON.parse(parts[CONTENT]);
    if (from !== this.model || data.method !== "custom") return;
    this.heard["msg:custom"].forEach((tell) => tell(data.content));
  }

  leave(shutdown) {
    // Nobody will come back to this kernel.
    const form = new FormData();
    form.append("_xsrf", document.cookie.match("\\b_xsrf=([^;]*)\\b")?.[1] ?? "");
    navigator.sendBeacon(shutdown, form);
    this.left = true;
    this.socket.close();
  }
}

// Not `crypto.randomUUID`: that is not there on a page of plain http that is not from this machine.
function anId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16)).join("-");
}

// How many offsets, the offsets, then what lies between them: the channel and the parts.
function frame(channel, parts) {
  const encoder = new TextEncoder();
  const texts = [channel, ...parts.map((part) => JSON.stringify(part))].map((t) => encoder.encode(t));
  const offsets = [WORD * (texts.length + 2)];
  for (const text of texts) offsets.push(offsets.at(-1) + text.length);
  const bytes = new Uint8Array(offsets.at(-1));
  const head = new DataView(bytes.buffer);
  head.setBigUint64(0, BigInt(offsets.length), true);
  offsets.forEach((at, n) => head.setBigUint64(WORD * (n + 1), BigInt(at), true));
  texts.forEach((text, n) => bytes.set(text, offsets[n]));
  return bytes;
}

function unframe(bytes) {
  const head = new DataView(bytes);
  const count = Number(head.getBigUint64(0, true));
  const at = (n) => Number(head.getBigUint64(WORD * (n + 1), true));
  const decoder = new TextDecoder();
  const part = (n) => decoder.decode(bytes.slice(at(n), at(n + 1)));
  return [1, 2, 3, 4].map(part); // the channel stands before them, buffers behind
}

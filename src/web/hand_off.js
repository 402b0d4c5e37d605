// What a page is handed before its own scripts run. `hand_off.min.js` is made of it by `cargo xtask browser --refresh`, and a test of the
// browser holds the two equal; `script.rs` puts the three arguments of the last line in.
//
// It is strict, so that no script of the page gets at the arguments, and with them at the nonce, by way of who called what.
(function (state, nonce, origins) {
  "use strict";
  // Scripts of the page may put something else behind these names later on. What is kept here is the browser's own.
  const page = window;
  const { parse, stringify } = JSON;
  const { defineProperty: define, getOwnPropertyDescriptor: property } = Object;
  const has = Object.prototype.hasOwnProperty;
  const freeze = (object) => {
    for (const key in object) if (typeof object[key] == "object") freeze(object[key]);
    return Object.freeze(object);
  };
  freeze(state);

  // Global Privacy Control (GCM-6). Where the browser itself asserts it, that stands.
  const ofBrowser = property(Navigator.prototype, "globalPrivacyControl");
  define(Navigator.prototype, "globalPrivacyControl", {
    enumerable: true,
    get() {
      return state.gpc || !!(ofBrowser && ofBrowser.get.call(this));
    },
  });

  // Whether a cookie of this name may be set: the exact name counts before the longest beginning of it (CK-8).
  const maySet = (name) => {
    let best = -1;
    let yes = state.unknown;
    for (const list of [state.denied, state.cookies]) {
      for (const pattern of list) {
        const length = pattern.length - 1;
        const isBeginning = pattern[length] == "*";
        const rank = isBeginning ? length : 1e9;
        if (rank > best && name == (isBeginning ? pattern.slice(0, length) + name.slice(length) : pattern)) {
          best = rank;
          yes = list == state.cookies;
        }
      }
    }
    return yes;
  };
  // A cookie that may not be set is removed by the same text: the last Max-Age is the one that counts, also before Expires (CK-2). In a text
  // with a control character it might not be read, so such a text is not handed on.
  const cookie = property(Document.prototype, "cookie");
  define(Document.prototype, "cookie", {
    enumerable: true,
    get: cookie.get,
    set(text) {
      text = "" + text;
      const pair = text.split(";")[0];
      const name = pair.slice(0, Math.max(0, pair.indexOf("="))).replace(/^[ \t]+|[ \t]+$/g, "");
      if (!maySet(name)) text = /[\0-\x08\n-\x1f\x7f]/.test(text) ? "" : text + ";Max-Age=0";
      if (text) cookie.set.call(this, text);
    },
  });
  const store = page.CookieStore && CookieStore.prototype;
  if (store) {
    const { set } = store;
    store.set = function (cookie, value) {
      cookie = typeof cookie == "object" ? { ...cookie } : { name: cookie, value };
      cookie.name += "";
      return maySet(cookie.name) ? set.call(this, cookie) : Promise.resolve();
    };
  }

  // The rest is for the app's own pages, and neither for what they embed nor for the pages of others.
  if (page != page.top || !origins.includes(location.origin)) return;

  // Google Consent Mode (GCM-1): all four types in each call, and denied first. A page that begins its `dataLayer` anew finds them in front.
  let layer = page.dataLayer || [];
  const said = [];
  const call = function () {
    return arguments;
  };
  const tellGoogle = (command, granted) => {
    const types = {};
    for (const type of ["ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"]) {
      types[type] = granted.includes(type) ? "granted" : "denied";
    }
    layer.push((said[command == "update" ? 1 : 0] = call("consent", command, types)));
  };
  define(page, "dataLayer", {
    configurable: true,
    enumerable: true,
    get: () => layer,
    set(other) {
      if (other != layer && Array.isArray((layer = other))) layer.unshift(...said);
    },
  });
  tellGoogle("default", []);
  if (state.google.length) tellGoogle("update", state.google);

  // The way to the app: an object of this name on Android, a message handler of WebKit on iOS.
  const name = "consentkitChannel";
  const channel = page[name] || (page.webkit && webkit.messageHandlers && webkit.messageHandlers[name]);
  const post = channel && channel.postMessage.bind(channel);
  const waiting = new Map();
  const visit = crypto.getRandomValues(new Uint32Array(4)).join("-");
  let count = 0;
  const receive = (text) => {
    const message = parse(text);
    if (message.nonce != nonce) return;
    const next = message.state;
    // One that is older than what the page knows came late.
    if (next && next.generation >= state.generation && stringify(next) != stringify(state)) {
      state = freeze(next);
      tellGoogle("update", state.google);
      page.dispatchEvent(new CustomEvent("consentkit", { detail: state }));
    }
    const [answered, failed] = waiting.get(message.id) || [];
    waiting.delete(message.id);
    if (answered) message.error ? failed(new Error(message.error)) : answered(message.form);
  };
  const send = (kind, content) =>
    new Promise((answered, failed) => {
      if (!post) return failed(new Error("no_channel"));
      const id = visit + "-" + ++count;
      waiting.set(id, [answered, failed]);
      // It has no prototype, so that no `toJSON` of the page is handed the nonce.
      const reply = post(stringify({ __proto__: null, nonce, id, kind, ...content }));
      if (reply && reply.then) reply.then((text) => text && receive(text));
    });
  if (channel) {
    try {
      channel.onmessage = (event) => receive(event.data);
    } catch (_) {
      // WebKit answers with a promise instead.
    }
  }

  define(page, "consentkit", {
    value: freeze({
      get state() {
        return state;
      },
      allows: (purpose) => has.call(state.allowed, purpose) && (!state.allowed[purpose] || Date.now() < state.allowed[purpose]),
      ask: (surface) => send("ask", { surface }),
      record: (shown, answers) => send("record", { shown, answers }),
      closed: (shown) => send("closed", { shown }),
      withdraw: (purposes) => send("withdraw", { purposes }),
      receive,
    }),
  });
})(STATE, NONCE, ORIGINS);

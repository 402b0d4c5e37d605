// A tag in the shape of Google's: it takes what the page pushed onto `dataLayer`, in order, and everything that comes later.
(function () {
  const queue = (window.dataLayer = window.dataLayer || []);
  window.heard = [];
  window.hits = [];
  let types = {};
  const take = (entry) => {
    const [command, how, values] = entry;
    if (command == "consent") {
      types = { ...types, ...values };
      heard.push([how, { ...values }]);
    } else if (command == "config") {
      hits.push({ ...types });
      // Where nobody said no beforehand, Google's tag takes it for a yes.
      if (types.analytics_storage != "denied") document.cookie = "_ga=GA1.1; Path=/; Max-Age=63072000";
      if (types.ad_storage != "denied") document.cookie = "_gcl_gs=1; Path=/; Max-Age=7776000";
    }
  };
  const waiting = [...queue];
  queue.push = function (...entries) {
    entries.forEach(take);
    return Array.prototype.push.apply(this, entries);
  };
  waiting.forEach(take);
})();

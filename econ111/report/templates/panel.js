// The what-if panel: prices the embedded draws again. It mirrors econ111/report/panel/arithmetic.py, asks the network
// for nothing and writes text only, never markup.
(() => {
  "use strict";
  const MARK = "#what-if&";
  const QUIET = 500;
  const TOTAL = "Total";
  const MEASURES = ["value", "worth", "spent", "net", "cash"];
  const byId = (id) => document.getElementById(id);
  const box = byId("what-if-panel");
  if (!box) return;

  const data = JSON.parse(byId("what-if-data").textContent);
  const form = byId("what-if-form");
  const fields = new Map(Array.from(form.elements).filter((one) => one.name).map((one) => [one.name, one]));
  const cells = new Map(Array.from(box.querySelectorAll("[data-cell]")).map((one) => [one.dataset.cell, one]));
  const keys = (pairs) => pairs.map((pair) => pair[0]);
  const consequences = keys(data.consequences);
  const numbers = Object.fromEntries(Object.entries(data.numbers).map(([name, packed]) => [name, unpack(packed)]));
  const draws = data.draws;

  function unpack(packed) {
    const bytes = Uint8Array.from(atob(packed.text), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Float64Array.from({ length: bytes.length / 4 }, (_, place) => view.getFloat32(4 * place, true));
  }

  // ---- arithmetic -------------------------------------------------------------------------------------------------

  const row = (array, place) => array.subarray(place * draws, (place + 1) * draws);
  const mean = (array) => array.reduce((sum, value) => sum + value, 0) / array.length;
  const each = (rule) => Float64Array.from({ length: draws }, (_, place) => rule(place));

  function quantile(sorted, share) {
    const place = (sorted.length - 1) * share;
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (place - below);
  }

  function amount(array) {
    const sorted = Float64Array.from(array).sort();
    const tail = (1 - data.level) / 2;
    return { mean: mean(array), low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
  }

  function priced(array, stated, entered) {
    return stated ? array.map((value) => value * (entered / stated)) : array.map(() => entered);
  }

  function reprice(settings) {
    const order = data.trust_order;
    const chosen = settings.trust === TOTAL ? order.map((_, place) => place) : [order.indexOf(settings.trust)];
    const estimand = keys(data.estimands).indexOf(settings.estimand);
    const basis = keys(data.bases).indexOf(settings.basis);
    const over = (array, placeOf) => each((draw) => chosen.reduce((sum, trust) => sum + row(array, placeOf(trust))[draw], 0));
    const calls = over(numbers.calls, (trust) => trust);
    const charged = settings.basis === data.staffed_basis ? over(numbers.staffed_calls, (trust) => trust) : calls;
    const scenario = keys(data.attending).indexOf(settings.attending) - 1;
    const perCall = priced(row(numbers.cost_per_call, basis), data.cost_per_call[settings.basis], settings.call);
    const avoided = {};
    const cost = {};
    consequences.forEach((name, at) => {
      const width = consequences.length;
      const among = data.moved.indexOf(name);
      const block = (trust) => estimand * order.length + trust;
      const later = (trust) => scenario * data.estimands.length * order.length + block(trust);
      avoided[name] =
        scenario >= 0 && among >= 0
          ? over(numbers.moved, (trust) => later(trust) * data.moved.length + among)
          : over(numbers.avoided, (trust) => block(trust) * width + at);
      const price = settings.unitCost[name];
      if (price === null) return;
      const unit = priced(row(numbers.unit_cost, at), data.unit_cost[name], price);
      cost[name] = each((draw) => avoided[name][draw] * unit[draw]);
    });
    const valued = Object.keys(cost);
    const value = each((draw) => valued.reduce((sum, name) => sum + cost[name][draw], 0));
    const cash = each((draw) => valued.reduce((sum, name) => sum + settings.cashShare[name] * cost[name][draw], 0));
    const worth = each((draw) => (data.attendance ? settings.threshold * avoided[data.attendance][draw] : 0));
    const spent = each((draw) => charged[draw] * perCall[draw]);
    const net = each((draw) => value[draw] + worth[draw] - spent[draw]);
    const found = { value: amount(value), worth: amount(worth), spent: amount(spent), net: amount(net), cash: amount(cash) };
    const summed = (arrays) => Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, amount(array)]));
    return {
      amounts: found,
      avoided: summed(avoided),
      cost: summed(cost),
      probability: net.filter((one) => one > 0).length / draws,
      even: mean(calls) > 0 ? (found.value.mean + found.worth.mean) / mean(calls) : NaN,
    };
  }

  // ---- words ------------------------------------------------------------------------------------------------------

  const MINUS = "\u2212";
  const grouped = (value, least, most = least) =>
    value.toLocaleString("en-GB", { minimumFractionDigits: least, maximumFractionDigits: most });
  const three = (value) => Number(value.toPrecision(3));

  function money(value) {
    if (!Number.isFinite(value)) return "an unknown sum";
    const sign = value < 0 ? MINUS : "";
    const size = Math.abs(value);
    if (size >= 999500) return `${sign}£${grouped(Number(three(size / 1e6).toPrecision(4)), 0, 3)}m`;
    if (size >= 1000) return `${sign}£${grouped(three(size), 0)}`;
    return `${sign}£${grouped(size, 2)}`;
  }

  // Both ends in one unit: that of the end further from nothing.
  function moneySpan(low, high) {
    const largest = Math.max(Math.abs(low), Math.abs(high));
    if (!Number.isFinite(largest)) return `${money(low)} to ${money(high)}`;
    const [size, ending] = largest >= 999500 ? [1e6, "m"] : [1, ""];
    const digits = Math.max(2 - Math.floor(Math.log10(three(largest / size))), 0);
    const decimals = largest < 1000 ? 2 : ending ? digits : 0;
    const ends = [low, high].map((end) => {
      const shown = Number((largest < 1000 ? end : three(end / size)).toFixed(decimals));
      return `${shown < 0 ? MINUS : ""}£${grouped(Math.abs(shown), decimals)}${ending}`;
    });
    return ends[0] === ends[1] ? ends[0] : ends.join(" to ");
  }

  function figure(value, decimals) {
    if (!Number.isFinite(value)) return "\u2013";
    const rounded = Math.abs(value) >= 1000 ? three(value) : Number(value.toFixed(decimals));
    return `${rounded < 0 ? MINUS : ""}${grouped(Math.abs(rounded), Math.abs(rounded) >= 1000 ? 0 : decimals)}`;
  }

  const count = (value) => figure(value, 0);
  const inUnit = (value) => figure(value / data.money.size, data.money.decimals);

  function chance(value) {
    if (value > 0.999) return "over 99.9%";
    if (value < 0.001) return "under 0.1%";
    return `${(100 * value).toFixed(1)}%`;
  }

  function span(found, show) {
    const ends = [show(found.low), show(found.high)];
    return ends[0] === ends[1] ? ends[0] : ends.join(" to ");
  }

  const pence = (value) => (Number.isFinite(value) ? `${value < 0 ? MINUS : ""}£${grouped(Math.abs(value), 2)}` : "not known");
  const level = `${Math.round(100 * data.level)}% interval`;

  function headline(found, settings) {
    const net = found.amounts.net;
    const labels = [Object.fromEntries(data.trusts)[settings.trust], Object.fromEntries(data.estimands)[settings.estimand]];
    if (settings.attending !== data.chosen.attending) labels.push(Object.fromEntries(data.attending)[settings.attending]);
    return (
      `${labels.join(", ")}, service at ${money(settings.call)} per answered call: net value ${money(net.mean)} (${level} ${moneySpan(net.low, net.high)}); probability that value exceeds cost ` +
      `${chance(found.probability)}; break-even ${pence(found.even)} per answered call.`
    );
  }

  // ---- fields -----------------------------------------------------------------------------------------------------

  const started = new Map(Array.from(fields).map(([name, one]) => [name, one.value]));
  const plain = (value) => (Number(value.toFixed(2)) === value ? value.toFixed(2) : String(Number(value.toPrecision(6))));
  const isChoice = (one) => one.tagName === "SELECT";

  function reportValue(name) {
    if (name === "call") return plain(data.cost_per_call[fields.get("basis").value]);
    return started.get(name);
  }

  // A number, null where an empty field is allowed, or words that say what is wrong.
  function read(one) {
    const typed = one.value.trim();
    const highest = Number(one.dataset.highest);
    const allowed = `Enter a number of ${one.dataset.unit} from 0 to ${grouped(highest, 0)}`;
    const example = reportValue(one.name) ? `; the report has ${reportValue(one.name)}.` : ", or leave this empty.";
    if (typed === "") return "optional" in one.dataset ? { value: null } : { problem: `This is empty. ${allowed}${example}` };
    const bare = typed.replace(/^£\s*/, "").replace(/\s*%$/, "").replace(/^\u2212/, "-");
    if (!/^-?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?$/.test(bare) || !/\d/.test(bare)) {
      return { problem: `\u201c${typed}\u201d is not a number. ${allowed}${example}` };
    }
    const value = Number(bare.replace(/,/g, ""));
    if (value < 0) return { problem: `${typed} is below 0. ${allowed}${example}` };
    if (value > highest) return { problem: `${typed} is above ${grouped(highest, 0)}. ${allowed}${example}` };
    return { value };
  }

  function settingsNow() {
    const entered = {};
    let problems = 0;
    for (const [name, one] of fields) {
      if (isChoice(one)) {
        entered[name] = one.value;
        continue;
      }
      const result = read(one);
      const wrong = "problem" in result;
      byId(`${one.id}-problem`).textContent = wrong ? result.problem : "";
      if (wrong) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
      problems += wrong ? 1 : 0;
      entered[name] = wrong ? null : result.value;
    }
    const perConsequence = (start, rule) => Object.fromEntries(consequences.map((name) => [name, rule(entered[start + name])]));
    return {
      problems,
      trust: entered.trust,
      estimand: entered.estimand,
      attending: entered.attending ?? data.chosen.attending,
      basis: entered.basis,
      call: entered.call,
      threshold: entered.threshold ?? 0,
      unitCost: perConsequence("cost.", (value) => value),
      cashShare: perConsequence("cash.", (value) => (value ?? 0) / 100),
    };
  }

  // ---- showing ----------------------------------------------------------------------------------------------------

  function put(key, text, value) {
    const cell = cells.get(key);
    if (!cell) return;
    cell.textContent = text;
    cell.setAttribute("value", value === undefined ? "" : String(value));
  }

  function showResults(found, settings) {
    const verdicts = (data.verdicts[settings.estimand] ?? {})[settings.trust] ?? {};
    MEASURES.forEach((name) => {
      put(`${name}.mean`, inUnit(found.amounts[name].mean), found.amounts[name].mean);
      put(`${name}.interval`, span(found.amounts[name], inUnit), `${found.amounts[name].low} ${found.amounts[name].high}`);
    });
    put("probability.mean", chance(found.probability), found.probability);
    put("even.mean", pence(found.even), found.even);
    put("probability.interval", "no interval");
    put("even.interval", "no interval");
    consequences.forEach((name) => {
      const [fewer, cost] = [found.avoided[name], found.cost[name]];
      put(`${name}.avoided`, count(fewer.mean), fewer.mean);
      put(`${name}.fewer`, span(fewer, count), `${fewer.low} ${fewer.high}`);
      const judged = settings.attending === data.chosen.attending || !data.moved.includes(name);
      put(`${name}.verdict`, (judged && verdicts[name]) || "not judged");
      put(`${name}.cost`, cost ? inUnit(cost.mean) : "not valued", cost ? cost.mean : undefined);
      put(`${name}.spread`, cost ? span(cost, inUnit) : "\u2013", cost ? `${cost.low} ${cost.high}` : undefined);
    });
  }

  const labelOf = (one) => one.labels[0].textContent;
  const shownValue = (one) => (isChoice(one) ? one.selectedOptions[0].textContent : one.value.trim() || "empty");
  const isChanged = (name, one) => one.value.trim() !== reportValue(name);

  function changes() {
    return Array.from(fields)
      .filter(([name, one]) => isChanged(name, one))
      .map(([name, one]) => {
        const options = isChoice(one) ? Array.from(one.options) : [];
        const before = isChoice(one) ? options.find((option) => option.value === started.get(name)).textContent : reportValue(name);
        return `${labelOf(one)} ${shownValue(one)} (report: ${before || "empty"})`;
      });
  }

  function fragment() {
    const pairs = Array.from(fields).filter(([name, one]) => isChanged(name, one));
    if (!pairs.length) return "#what-if";
    return MARK + pairs.map(([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(one.value.trim())}`).join("&");
  }

  let waiting = 0;
  let written = location.hash;

  function announceLater(text) {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      byId("what-if-status").textContent = text;
      if (fragment() === "#what-if" && !written.startsWith(MARK)) return;
      written = fragment();
      try {
        history.replaceState(null, "", written);
      } catch (refused) {
        location.replace(written);
      }
    }, QUIET);
  }

  function update(quietly) {
    const settings = settingsNow();
    const changed = changes();
    byId("what-if-link").href = fragment();
    byId("what-if-changed").textContent = changed.length
      ? `Changed from the report: ${changed.join("; ")}.`
      : "These are the report's own settings.";
    let text;
    if (settings.problems) {
      text = `Not computed: ${settings.problems} field${settings.problems > 1 ? "s need" : " needs"} correcting.`;
      cells.forEach((cell, key) => key.endsWith(".report") || put(key, "\u2013"));
    } else {
      const found = reprice(settings);
      showResults(found, settings);
      text = headline(found, settings);
    }
    box.classList.toggle("changed", changed.length > 0);
    byId("what-if-headline").textContent = text;
    if (!quietly) announceLater(text);
  }

  function setBack() {
    started.forEach((value, name) => {
      fields.get(name).value = value;
    });
  }

  function restore() {
    if (!location.hash.startsWith(MARK)) return false;
    setBack();
    const given = new Map();
    location.hash.slice(MARK.length).split("&").forEach((pair) => {
      const cut = pair.indexOf("=");
      try {
        if (cut > 0) given.set(decodeURIComponent(pair.slice(0, cut)), decodeURIComponent(pair.slice(cut + 1)));
      } catch (broken) {
        // A link cut short in an e-mail: the pairs that can be read still count.
      }
    });
    fields.forEach((one, name) => {
      if (!given.has(name)) return;
      const value = given.get(name).slice(0, 40);
      const known = !isChoice(one) || Array.from(one.options).some((option) => option.value === given.get(name));
      if (known) one.value = isChoice(one) ? given.get(name) : value;
      if (name === "basis") fields.get("call").value = reportValue("call");
    });
    written = location.hash;
    update(true);
    byId("what-if").scrollIntoView();
    return true;
  }

  // ---- start ------------------------------------------------------------------------------------------------------

  form.addEventListener("input", (event) => {
    if (event.target.name === "basis") fields.get("call").value = reportValue("call");
    update(false);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("what-if-reset").addEventListener("click", () => {
    setBack();
    update(false);
  });
  addEventListener("hashchange", () => {
    if (location.hash !== written) restore();
  });
  setBack();
  form.hidden = false;
  if (!restore()) update(true);
})();

// Draws each scene in Chromium and tells what it saw: `node check.mjs SCENES OUT PICTURES`. SCENES is a file of JSON that the Rust part writes; it
// judges what stands in OUT. Nothing is judged here but whether a thing can be seen, reached and read.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';

const [scenesFile, outFile, pictures] = process.argv.slice(2);
const { browser: executablePath, scenes } = JSON.parse(readFileSync(scenesFile, 'utf8'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
// So often the Tab key is pressed before a page counts as one that does not let go.
const MAX_TABS = 400;

// Runs in the page: what can be seen of it now.
const look = () => {
  const seen = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: false }) && e.getClientRects().length > 0;
  const own = e => { const bdis = [...e.querySelectorAll('bdi')]; return bdis.map(b => b.dataset.id ?? b.textContent); };
  const notice = card => {
    const out = { purpose: card.dataset.purpose, language: document.documentElement.lang, title: '', used_for: '', items: [], retention: '', refusal: '', optional: false, third_parties: [], transfers: [], requires: [], vendors: [] };
    const lists = new Set(['items', 'contact', 'requires', 'vendors']);
    for (const part of card.querySelectorAll('[data-part]')) {
      if (!part.dataset.part || !seen(part)) continue;
      const path = part.dataset.part.split('.');
      if (path[0] === 'optional') { out.optional = part.textContent.trim() !== ''; continue; }
      let at = out;
      if (path.length === 3) {
        const fresh = path[0] === 'third_parties'
          ? { recipient: '', used_for: '', items: [], retention: '', refusal: '' }
          : { items: [], country: '', when: '', method: '', recipient: '', contact: [], used_for: '', retention: '', refusal: '' };
        at = out[path[0]][+path[1]] ??= fresh;
      }
      const field = path.at(-1);
      at[field] = lists.has(field) ? own(part) : own(part).join('');
    }
    return out;
  };
  const cards = [...document.querySelectorAll('.card[data-purpose]')];
  const box = card => card.querySelector('[role=switch]');
  const shown = cards.filter(seen);
  const rows = c => [...c.querySelectorAll('details:not([open]) [data-part]')];
  const hidden = shown.flatMap(c => [...c.querySelectorAll('[data-part]')].filter(p => !rows(c).includes(p) && !seen(p)).map(p => `${c.dataset.purpose} ${p.dataset.part}`));
  const targets = [...document.querySelectorAll('a,button,summary,label.line')].filter(seen);
  const small = targets.filter(e => { const r = e.getBoundingClientRect(); return r.width < 47.5 || r.height < 47.5; }).map(e => e.textContent.trim().slice(0, 40) || e.getAttribute('aria-label'));
  const buttons = [...document.querySelectorAll('.pair button')];
  const look = b => {
    let inner = b; while (inner.firstElementChild) inner = inner.firstElementChild;
    const s = getComputedStyle(b), t = getComputedStyle(inner), r = b.getBoundingClientRect();
    return [t.fontSize, t.fontWeight, t.color, t.opacity, s.backgroundColor, s.borderTopWidth, s.borderTopColor, s.borderRadius, s.padding, Math.round(r.width), Math.round(r.height)].join(' ');
  };
  const last = shown.length ? Math.max(...shown.map(c => c.getBoundingClientRect().bottom)) : 0;
  const strong = [...document.querySelectorAll('.s dd')].filter(seen), plain = [...document.querySelectorAll('dl div:not(.s) dd')].filter(seen);
  const size = e => parseFloat(getComputedStyle(e).fontSize);
  const bar = document.querySelector('.bar');
  const sticky = bar && getComputedStyle(bar).position === 'sticky';
  return {
    notices: shown.filter(c => !c.querySelector('details:not([open])')).map(notice),
    cards: shown.map(c => c.dataset.purpose),
    on: shown.filter(c => box(c)?.checked).map(c => c.dataset.purpose),
    ticked: cards.filter(c => box(c)?.checked && !('started' in box(c).dataset)).map(c => c.dataset.purpose),
    hidden,
    small,
    pair: buttons.length === 2 ? { alike: look(buttons[0]) === look(buttons[1]), after: buttons.every(b => b.getBoundingClientRect().top >= last - 1), looks: buttons.map(look) } : null,
    strong: strong.length ? Math.min(...strong.map(size)) / Math.max(...plain.map(size), 1) : null,
    bold: strong.every(e => +getComputedStyle(e).fontWeight >= 700),
    sideways: document.scrollingElement.scrollWidth - innerWidth,
    bar: sticky ? bar.offsetHeight / innerHeight : 0,
    screens: document.scrollingElement.scrollHeight / innerHeight,
    said: document.getElementById('said')?.textContent ?? '',
  };
};

// Goes through the page by the Tab key alone. A thing that has the focus must not lie behind another.
const byKeyboard = async page => {
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  const wanted = await page.evaluate(() => {
    const all = [...document.querySelectorAll('a[href],button,summary,input:not([type=hidden])')].filter(e => e.checkVisibility() && e.getClientRects().length);
    all.forEach((e, at) => { e.dataset.tab = at; });
    return all.length;
  });
  const reached = new Set(), obscured = [];
  let left = false;
  for (let tabs = 0; tabs < MAX_TABS && !left; tabs++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const r = e.getBoundingClientRect(), x = Math.min(Math.max(r.x + r.width / 2, 0), innerWidth - 1), y = r.y + r.height / 2;
      const top = y >= 0 && y < innerHeight ? document.elementFromPoint(x, y) : null;
      return { tab: e.dataset.tab, hidden: !top || !(e.contains(top) || top.contains(e)), name: e.textContent.trim().slice(0, 40) || e.id };
    });
    if (!at) left = true;
    else if (reached.has(at.tab)) left = true;
    else { reached.add(at.tab); if (at.hidden) obscured.push(at.name); }
  }
  return { missed: wanted - reached.size, obscured, left };
};

const tree = async page => {
  const cdp = await page.context().newCDPSession(page);
  const { nodes } = await cdp.send('Accessibility.getFullAXTree');
  const kinds = new Set(['heading', 'switch', 'button', 'link', 'status']);
  // The protocol gives a tree; a reader goes through it child by child.
  const known = new Map(nodes.map(n => [n.nodeId, n]));
  const inOrder = n => [n, ...(n.childIds ?? []).flatMap(id => (known.has(id) ? inOrder(known.get(id)) : []))];
  const said = inOrder(nodes[0]).filter(n => !n.ignored && kinds.has(n.role?.value)).map(n => {
    const property = name => n.properties?.find(p => p.name === name)?.value?.value;
    const state = n.role.value === 'switch' ? ` ${property('checked')}` : n.role.value === 'heading' ? ` ${property('level')}` : '';
    return `${n.role.value}${state} ${n.name?.value ?? ''}`.trim();
  });
  await cdp.detach();
  return said;
};

const act = async (page, scene) => {
  const press = async selector => { await Promise.all([page.waitForNavigation(), page.click(selector)]); };
  const tap = async purpose => page.click(`.card[data-purpose="${purpose}"] label.line`);
  const save = '#save', refuse = '.pair [value=refuse_all]', accept = '.pair [value=accept_all]', close = 'header button';
  for (const step of scene.acts) {
    const [verb, what] = step.split(' ');
    if (verb === 'tap') await tap(what);
    else if (verb === 'key') { await page.focus(`.card[data-purpose="${what}"] [role=switch]`); await page.keyboard.press('Space'); }
    else if (verb === 'tick') await page.evaluate(p => { document.querySelector(`.card[data-purpose="${p}"] [role=switch]`).checked = true; }, what);
    else if (verb === 'save') await press(save);
    else if (verb === 'enter') { await page.focus('[role=switch]'); await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]); }
    else if (verb === 'accept') await press(accept);
    else if (verb === 'refuse') await press(refuse);
    else if (verb === 'close') await press(close);
    else if (verb === 'again') await page.request.post(new URL('/answer', scene.url).href, { form: { nonce: scene.nonce, do: 'accept_all' } });
    else if (verb === 'open') { for (const s of await page.$$('details:not([open]) summary')) await s.click(); }
    else throw new Error(`no act ${step}`);
  }
};

const draw = async (browser, scene) => {
  const context = await browser.newContext({
    viewport: { width: scene.width, height: scene.height }, deviceScaleFactor: 2, colorScheme: scene.scheme,
    forcedColors: scene.forced ? 'active' : 'none', javaScriptEnabled: scene.script, reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  const requests = [], errors = [];
  await page.goto(scene.enter);
  page.on('request', r => { if (!r.url().startsWith('data:')) requests.push(r.url()); });
  page.on('console', m => { if (m.type() === 'error') errors.push(m.text()); });
  page.on('pageerror', e => errors.push(String(e)));
  const response = await page.goto(scene.url);
  const html = await response.text();
  const told = { name: scene.name, bytes: Buffer.byteLength(html), gzip: gzipSync(html).length };
  if (scene.zoom !== 100) await page.evaluate(zoom => { document.documentElement.style.fontSize = `${zoom}%`; }, scene.zoom);
  // Where no script of a page runs, no frame is announced to it either.
  if (scene.script) await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  else await page.waitForTimeout(200);
  told.first = await page.evaluate(look);
  told.requests = requests.length - 1;
  if (scene.script) {
    const found = await page.evaluate(`${axe};axe.run({runOnly:${JSON.stringify(TAGS)},resultTypes:['violations','incomplete']}).then(r=>({violations:r.violations.map(v=>v.id+': '+v.nodes.map(n=>n.target.join(' ')).slice(0,3).join('; ')),incomplete:r.incomplete.map(v=>v.id)}))`);
    Object.assign(told, found);
  }
  told.tree = await tree(page);
  if (scene.keyboard) told.keyboard = await byKeyboard(page);
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  if (pictures && scene.picture) {
    await page.screenshot({ path: `${pictures}/${scene.name}.png` });
    await page.evaluate(() => scrollTo(0, document.scrollingElement.scrollHeight));
    await page.screenshot({ path: `${pictures}/${scene.name}-end.png` });
    await page.evaluate(() => scrollTo(0, 0));
  }
  if (scene.acts.length) {
    const before = scene.acts.findLastIndex(step => !/^(save|enter|accept|refuse|close|again)$/.test(step.split(' ')[0]));
    await act(page, { ...scene, acts: scene.acts.slice(0, before + 1) });
    told.last = await page.evaluate(look);
    scene.nonce = await page.evaluate(() => document.querySelector('[name=nonce]').value);
    await act(page, { ...scene, acts: scene.acts.slice(before + 1) });
  }
  told.errors = errors;
  await context.close();
  return told;
};

// The first contentful paint of a page beside that of a bare one, in turn, with the processor slowed down; the median of each.
const paint = async (browser, { pages, times }) => {
  const taken = pages.map(() => []), shifts = pages.map(() => 0);
  const contexts = [];
  for (const one of pages) {
    const context = await browser.newContext({ viewport: { width: 360, height: 780 } });
    await (await context.newPage()).goto(one.enter);
    contexts.push(context);
  }
  for (let round = 0; round < times; round++) {
    for (const [at, one] of pages.entries()) {
      const context = contexts[at];
      const page = await context.newPage();
      await page.addInitScript(() => {
        window.shifted = 0;
        new PerformanceObserver(list => { for (const e of list.getEntries()) window.shifted += e.value; }).observe({ type: 'layout-shift', buffered: true });
      });
      const cdp = await context.newCDPSession(page);
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      await page.goto(one.url);
      const first = await page.evaluate(() => new Promise(done => {
        const told = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
        const wait = () => (told() ? done(told()) : requestAnimationFrame(wait));
        wait();
      }));
      taken[at].push(first);
      shifts[at] = Math.max(shifts[at], await page.evaluate(() => window.shifted));
      await page.close();
    }
  }
  const median = list => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
  return { medians: taken.map(median), shifts };
};

const browser = await chromium.launch({ executablePath, args: FLAGS });
const out = { scenes: [], paint: null };
for (const scene of scenes) {
  if (scene.paint) out.paint = await paint(browser, scene.paint);
  else out.scenes.push(await draw(browser, scene).catch(error => ({ name: scene.name, broken: String(error) })));
}
await browser.close();
writeFileSync(outFile, JSON.stringify(out));

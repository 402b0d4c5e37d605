// The same headers to this library, to tough-cookie and to set-cookie-parser. Where they differ, the difference must be one that is known and
// wanted, and each known one must come up: `node compare.mjs <path of the example judge_cookies> [cases] [seed]`.
import { spawnSync } from 'node:child_process';
import { CookieJar } from 'tough-cookie';
import * as setCookieParser from 'set-cookie-parser';

const NOW = new Date(1_795_316_400_000);
const MAX_AGE = 34_560_000;

const [judgePath, cases = '20000', seedText = '1'] = process.argv.slice(2);

// ── Headers ──

let state = BigInt(seedText) * 0x9e3779b97f4a7c15n | 1n;
const random = (below) => {
  state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
  return Number((state >> 33n) % BigInt(below));
};
const one = (list) => list[random(list.length)];

const URLS = ['https://www.shop.co.kr/', 'https://www.shop.co.kr/a/b', 'https://shop.com/a', 'http://shop.com/', 'https://127.0.0.1/', 'https://co.kr/x', 'https://xn--hg4bs7k.com/'];
const NAMES = ['a', 'A', 'a b', ' a ', '', '__Host-a', '__Secure-a', '__host-a', '__SECURE-a', '__Http-a', '__Host-Http-a', 'x__Host-a', 'a\tb', 'n'.repeat(4000), '이름'];
const VALUES = ['b', '', ' b ', 'b=c', '"b"', 'b,c', 'b c', '값', 'v'.repeat(200), 'b\u0001', '__Host-b', '%20'];
const DATES = ['Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2099 07:28:00 GMT', '21-Oct-26 07:28:00', 'never', '21 Oct 2015', '', '1 Jan 1600 00:00:00', '31 Apr 2099 00:00:00', '2099 dec 01 1:2:3', '1 Jan 069 00:00:00'];
const NUMBERS = ['60', '0', '-1', '+5', '5a', '', '99999999', '34560000', '005', '99999999999999999999', '-', ' 60 '];
const DOMAINS = ['shop.co.kr', '.shop.co.kr', 'SHOP.co.kr', 'www.shop.co.kr', 'co.kr', 'kr', 'shop.com', 'com', 'other.com', '', '.', '..shop.com', '127.0.0.1', '상점.com', 'shop.com.', 'd'.repeat(1100)];
const PATHS = ['/', '/x', 'x', '', '/x/../y', '/' + 'p'.repeat(1100)];
const SITES = ['None', 'Lax', 'STRICT', 'Other', ''];
const attribute = () => one([
  () => `Expires=${one(DATES)}`, () => `max-age=${one(NUMBERS)}`, () => `Domain=${one(DOMAINS)}`, () => `Path=${one(PATHS)}`,
  () => `SameSite=${one(SITES)}`, () => 'Secure', () => 'secure=x', () => 'HttpOnly', () => 'Partitioned', () => 'other=1', () => '', () => 'x\u0001',
])();
const header = () => {
  const pair = random(12) === 0 ? one(VALUES) : `${one(NAMES)}=${one(VALUES)}`;
  const attributes = Array.from({ length: random(4) }, attribute);
  return [pair, ...attributes].join(one([';', '; ']));
};

const given = Array.from({ length: Number(cases) }, () => [one(URLS), header()]);

// ── The three sides ──

const ran = spawnSync(judgePath, { input: given.map((one) => JSON.stringify(one)).join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 30 });
if (ran.status !== 0) throw new Error(`the example failed: ${ran.stderr}`);
const ours = ran.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));

function tough([url, header]) {
  const jar = new CookieJar(undefined, { looseMode: true, prefixSecurity: 'strict', rejectPublicSuffixes: true });
  try {
    const cookie = jar.setCookieSync(header, url, { loose: true, now: NOW });
    if (!cookie) return { fault: 'nothing' };
    const expiry = cookie.expiryTime(NOW);
    const expires = expiry === Infinity || expiry === undefined ? null : expiry <= NOW.getTime() ? 'past' : Math.floor((expiry - NOW.getTime()) / 1000);
    return {
      name: cookie.key, value: cookie.value, domain: cookie.domain, host_only: cookie.hostOnly, path: cookie.path,
      secure: cookie.secure, http_only: cookie.httpOnly, same_site: cookie.sameSite ?? null, expires,
    };
  } catch (fault) {
    return { fault: fault.message };
  }
}

const { warn, error } = console;
function parsed([, header]) {
  // It prints what it cannot read.
  [console.warn, console.error] = [() => {}, () => {}];
  try {
    const read = setCookieParser.parseString(header, { decodeValues: false });
    return {
      // It tells what is written; what is none of the known words, and a path that is none, are left to its caller.
      name: read.name, value: read.value, domain: read.domain?.replace(/^\./, '') ?? null, path: read.path?.startsWith('/') ? read.path : null,
      max_age: read.maxAge === undefined ? null : Math.min(read.maxAge, 2 ** 63), secure: read.secure ?? false, http_only: read.httpOnly ?? false,
      same_site: ['none', 'lax', 'strict'].find((word) => word === read.sameSite?.toLowerCase()) ?? null, partitioned: read.partitioned ?? false,
    };
  } catch (fault) {
    return { fault: fault.message };
  } finally {
    [console.warn, console.error] = [warn, error];
  }
}

// ── What is known to differ, and why ──

const attributesOf = (header) => header.split(';').slice(1).map((part) => {
  const [key, ...rest] = part.split('=');
  return [key.trim().toLowerCase(), rest.join('=').trim()];
});
const last = (header, name) => attributesOf(header).filter(([key, value]) => key === name && value.length <= 1024).at(-1)?.[1];
const hasLong = (header) => attributesOf(header).some(([, value]) => value.length > 1024);
const prefixed = /^__(host-http|http|host|secure)-/i;

// A rule explains a difference where its fault or its fields are all that differs. The first that does is counted.
const TOUGH = [
  { why: 'a control character anywhere is a fault', fault: (mine) => mine.fault === 'ControlCharacter' },
  { why: 'neither name nor value is a fault', fault: (mine) => mine.fault === 'Empty' },
  { why: 'more than 4,096 bytes of name and value are a fault', fault: (mine) => mine.fault === 'TooLong' },
  { why: 'a tab within a name is none', fault: (mine, theirs, header) => theirs.fault === 'Cookie failed to parse' && header.includes('\t') },
  { why: 'an attribute of more than 1,024 bytes is ignored', any: (mine, theirs, header) => hasLong(header) },
  { why: 'SameSite=None needs Secure', fault: (mine) => mine.fault === 'SameSiteNone' },
  { why: 'Partitioned needs Secure', fault: (mine) => mine.fault === 'Partitioned' },
  { why: 'a prefix counts in any case, and there are new ones', fault: (mine, theirs, header) => /Prefix$/.test(mine.fault) && !/^\s*__(Host|Secure)-/.test(header) },
  { why: '__Host-Http- needs HttpOnly', fault: (mine, theirs, header) => mine.fault === 'HostHttpPrefix' && /^\s*__Host-Http-/.test(header) },
  { why: 'a value without a name may not begin like a protected name', fault: (mine) => mine.fault === 'NamelessPrefix' },
  { why: 'what stands between two equals signs is no name', fields: ['name', 'value', 'expires'], holds: (mine, theirs, header) => mine.name === '' && header.startsWith('=') },
  { why: 'a Domain in another script is a fault', fault: (mine) => mine.fault === 'DomainNotAscii' },
  { why: 'of two dots before a Domain one stays', fault: (mine, theirs, header) => mine.fault === 'ForeignDomain' && last(header, 'domain').startsWith('..') },
  { why: 'a public suffix may set a cookie for itself', fault: (mine, theirs, header) => theirs.fault === 'Cookie has domain set to a public suffix' && last(header, 'domain').toLowerCase() === mine.domain },
  { why: 'an empty Domain takes the place of one before it', any: (mine, theirs, header) => ['', '.'].includes(last(header, 'domain')) && attributesOf(header).filter(([key]) => key === 'domain').length > 1 },
  { why: 'no cookie lives longer than 400 days', fields: ['expires'], holds: (mine, theirs) => mine.expires === MAX_AGE && theirs.expires > MAX_AGE },
];

const PARSER = [
  { why: 'headers that the draft ignores are read', any: (mine) => mine === null },
  { why: 'an attribute of more than 1,024 bytes is ignored', any: (mine, theirs, header) => hasLong(header) },
];

const same = (mine, theirs) => Boolean(mine?.fault && theirs?.fault) || (mine !== null && !mine.fault && !theirs.fault && Object.keys(mine).every((key) => mine[key] === theirs[key]));

function compare(name, rules, their, ofOurs) {
  const used = new Map(rules.map((rule) => [rule.why, 0]));
  const unexplained = [];
  let equal = 0;
  given.forEach((one, at) => {
    const mine = ofOurs(ours[at]);
    const theirs = their(one);
    if (same(mine, theirs)) { equal += 1; return; }
    const fields = mine && !mine.fault && !theirs.fault ? Object.keys(mine).filter((key) => mine[key] !== theirs[key]) : null;
    const rule = rules.find((rule) =>
      rule.any?.(mine, theirs, one[1]) || (fields === null && rule.fault?.(mine, theirs, one[1])) || (fields !== null && rule.fields && fields.every((key) => rule.fields.includes(key)) && rule.holds(mine, theirs, one[1])));
    if (rule) used.set(rule.why, used.get(rule.why) + 1);
    else unexplained.push({ url: one[0], header: one[1].slice(0, 200), mine, theirs });
  });
  console.log(`${name}: ${equal} of ${given.length} headers alike`);
  for (const [why, count] of used) console.log(`  ${String(count).padStart(6)}  ${why}`);
  for (const one of unexplained.slice(0, 20)) console.log('  NOT EXPLAINED', JSON.stringify(one));
  const unused = [...used].filter(([, count]) => count === 0).map(([why]) => why);
  if (unused.length) console.log(`  NEVER SEEN: ${unused.join('; ')}`);
  return unexplained.length + unused.length;
}

const faults = compare('tough-cookie', TOUGH, tough, (one) => one.judged) + compare('set-cookie-parser', PARSER, parsed, (one) => one.read);
process.exitCode = faults === 0 ? 0 : 1;

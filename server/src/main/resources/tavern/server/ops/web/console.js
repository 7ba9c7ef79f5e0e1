// Logs in, shows the view named in the address, and keeps the connection to the server.
import { forgetToken, get, hasToken, keepToken, post } from './api.js';
import { h, say } from './dom.js';
import { clock, zone } from './format.js';
import { connect, disconnect, history, live } from './live.js';
import { actAs, may } from './orders.js';
import * as account from './views/account.js';
import * as audit from './views/audit.js';
import * as configuration from './views/configuration.js';
import * as economy from './views/economy.js';
import * as feed from './views/feed.js';
import * as freezes from './views/freezes.js';
import * as games from './views/games.js';
import * as item from './views/item.js';
import * as nodes from './views/nodes.js';
import * as operators from './views/operators.js';
import * as overview from './views/overview.js';
import * as player from './views/player.js';
import * as players from './views/players.js';
import * as realmplayers from './views/realmplayers.js';
import * as realmrooms from './views/realmrooms.js';
import * as room from './views/room.js';
import * as rooms from './views/rooms.js';
import * as trade from './views/trade.js';
import * as trades from './views/trades.js';

// one: the view of a single object, as in #/rooms/lobby. under: not listed in the menu, but shown below another view.
const VIEWS = {
  overview: { name: 'Overview', view: overview },
  rooms: { name: 'Rooms', view: rooms, one: room },
  games: { name: 'Games', view: games },
  players: { name: 'Players', view: players, one: player },
  trades: { name: 'Trades', view: trades, one: trade },
  items: { name: 'Item', view: trades, one: item, under: 'trades' },
  economy: { name: 'Economy', view: economy },
  feed: { name: 'Feed', view: feed },
  nodes: { name: 'Nodes', view: nodes },
  'realm-rooms': { name: 'Realm rooms', view: realmrooms },
  'realm-players': { name: 'Realm players', view: realmplayers },
  freezes: { name: 'Freezes', view: freezes },
  audit: { name: 'Audit log', view: audit, right: 'see-private' },
  operators: { name: 'Operators', view: operators, right: 'operators' },
  configuration: { name: 'Settings', view: configuration, right: 'settings' },
  account: { name: 'My account', view: account, under: 'account' },
};

const IDLE_LOOK_MILLIS = 5_000;
const element = (id) => document.getElementById(id);
let leaving = new AbortController();
let watched = null;
// Whether this is a session, which ends when nobody has touched the page for a while: the page itself goes on asking.
let session = false;
let usedAt = Date.now();
let idleTimer;

// The page shows the state as of the server's last message.
function stale(is) {
  document.body.classList.toggle('stale', is);
}

// The menu stays visible: setting the focus must not scroll it away.
function toContent() {
  element('main').focus({ preventScroll: true });
}

function navigate() {
  leaving.abort();
  leaving = new AbortController();
  const [where, query] = location.hash.slice(2).split('?');
  const [wanted, name] = where.split('/').map(decoded);
  const at = Object.hasOwn(VIEWS, wanted) && may(VIEWS[wanted].right ?? 'see') ? wanted : 'overview';
  const { view, one, name: title, under = at } = VIEWS[at];
  follow(at === 'rooms' && name ? name : '');
  const main = element('main');
  main.replaceChildren();
  (name && one ? one : view).show(main, leaving.signal, name, new URLSearchParams(query));
  document.title = `${name || title} – Tavern`;
  element('nav').querySelectorAll('a').forEach((link) => {
    const here = link.hash === `#/${under}`;
    link.setAttribute('aria-current', here ? 'page' : 'false');
    if (here) {
      // In a narrow window the menu is a single line that scrolls.
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  });
  window.scrollTo(0, 0);
}

// A malformed address must not leave the page empty.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function follow(room) {
  if (room !== watched) {
    watched = room;
    connect(room);
  }
}

async function logIn() {
  const { name, role, rights, kind, idleMinutes } = await get('whoami');
  actAs(rights);
  leaveWhenIdle(kind === 'SESSION' ? idleMinutes * 60_000 : Infinity);
  say(element('who'), `${name}, ${role}`);
  element('nav').replaceChildren(...Object.entries(VIEWS)
    .filter(([, { right, under }]) => !under && may(right ?? 'see'))
    .map(([at, { name: title }]) => h('a', { href: `#/${at}` }, title)));
  inside(true);
  navigate();
}

function leaveWhenIdle(millis) {
  session = Number.isFinite(millis);
  usedAt = Date.now();
  clearInterval(idleTimer);
  idleTimer = setInterval(() => {
    if (Date.now() - usedAt > millis) {
      leave('The session is over: nobody has used this page for a while.');
    }
  }, IDLE_LOOK_MILLIS);
}

function logOut(problem = '') {
  forgetToken();
  clearInterval(idleTimer);
  session = false;
  leaving.abort();
  disconnect();
  history.length = 0;
  watched = null;
  element('main').replaceChildren();
  element('nav').replaceChildren();
  say(element('state'), '');
  say(element('who'), '');
  say(element('problem'), problem);
  stale(false);
  inside(false);
}

function inside(is) {
  element('entrance').hidden = is;
  element('login').hidden = is;
  element('main').hidden = !is;
  element('logout').hidden = !is;
  element('who').hidden = !is;
  ['token', 'password', 'code'].forEach((id) => { element(id).value = ''; });
  if (is) {
    toContent();
  } else {
    element(element('token').closest('details').open ? 'token' : 'name').focus();
  }
}

async function begin() {
  try {
    await logIn();
  } catch (problem) {
    logOut(problem.message);
  }
}

// Of the token that was given, or of the session that the name and the password begin.
async function keyOf(token, name, password, code) {
  if (token) {
    return token;
  }
  if (!name || !password) {
    throw new Error('Give your name and your password, or a token.');
  }
  return (await post('sign-in', { name, password, ...(code ? { code } : {}) })).key;
}

element('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = element('login').querySelector('button');
  button.disabled = true;
  try {
    keepToken(await keyOf(...['token', 'name', 'password', 'code'].map((id) => element(id).value.trim())));
    await begin();
  } catch (problem) {
    element('code').value = '';
    say(element('problem'), problem.message);
  }
  button.disabled = false;
});

// The session is over on the server too; a token stays valid.
function leave(problem) {
  if (session) {
    post('sign-out', {}).catch(() => {});
  }
  logOut(problem);
}
element('logout').addEventListener('click', () => leave());
element('skip').addEventListener('click', (event) => {
  event.preventDefault();
  toContent();
});
window.addEventListener('hashchange', () => {
  if (hasToken()) {
    navigate();
    toContent();
  }
});
live.addEventListener('overview', ({ detail: { degraded } }) => {
  stale(false);
  const state = element('state');
  state.className = degraded.length > 0 ? 'bad' : 'good';
  say(state, degraded.length > 0 ? `${degraded.length} degraded` : 'All is well');
});
live.addEventListener('lost', ({ detail }) => {
  if (detail.status === 401) {
    // Another server of the realm may not have heard of a session that is new; this asks the store.
    get('whoami').catch((problem) => problem.status === 401 && logOut(problem.message));
    return;
  }
  stale(true);
  const last = history.at(-1);
  element('state').className = 'bad';
  const since = last ? ` since ${clock(last.atMillis)} ${zone(last.atMillis)}` : '';
  say(element('state'), `${detail.status ? detail.message : 'No connection'}${since}`);
});

// The content receives the focus after a click too, but a ring around all of it only helps keyboard users.
const usesKeys = (is) => () => {
  usedAt = Date.now();
  document.documentElement.classList.toggle('keys', is);
};
document.addEventListener('keydown', usesKeys(true), { capture: true });
document.addEventListener('pointerdown', usesKeys(false), { capture: true });

if (hasToken()) {
  begin();
} else {
  inside(false);
}

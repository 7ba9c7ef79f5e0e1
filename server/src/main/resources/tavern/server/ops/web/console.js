// Logs in, shows the view that the address names, and keeps the connection to the server.
import { forgetToken, get, hasToken, keepToken } from './api.js';
import { h, say } from './dom.js';
import { connect, disconnect, history, live } from './live.js';
import { actAs, may } from './orders.js';
import * as audit from './views/audit.js';
import * as configuration from './views/configuration.js';
import * as economy from './views/economy.js';
import * as feed from './views/feed.js';
import * as freezes from './views/freezes.js';
import * as item from './views/item.js';
import * as nodes from './views/nodes.js';
import * as overview from './views/overview.js';
import * as player from './views/player.js';
import * as players from './views/players.js';
import * as room from './views/room.js';
import * as rooms from './views/rooms.js';
import * as trade from './views/trade.js';
import * as trades from './views/trades.js';

// one: the view of one of them, as #/rooms/lobby names it. under: stands in no list of views but below another one.
const VIEWS = {
  overview: { name: 'Overview', view: overview },
  rooms: { name: 'Rooms', view: rooms, one: room },
  players: { name: 'Players', view: players, one: player },
  trades: { name: 'Trades', view: trades, one: trade },
  items: { name: 'Item', view: trades, one: item, under: 'trades' },
  economy: { name: 'Economy', view: economy },
  feed: { name: 'Feed', view: feed },
  nodes: { name: 'Nodes', view: nodes },
  freezes: { name: 'Freezes', view: freezes },
  audit: { name: 'Audit log', view: audit, role: 'moderator' },
  configuration: { name: 'Settings', view: configuration, role: 'admin' },
};

const element = (id) => document.getElementById(id);
let leaving = new AbortController();
let watched = null;

function navigate() {
  leaving.abort();
  leaving = new AbortController();
  const [where, query] = location.hash.slice(2).split('?');
  const [wanted, name] = where.split('/').map(decoded);
  const at = Object.hasOwn(VIEWS, wanted) && may(VIEWS[wanted].role ?? 'viewer') ? wanted : 'overview';
  const { view, one, name: title, under = at } = VIEWS[at];
  follow(at === 'rooms' && name ? name : '');
  const main = element('main');
  main.replaceChildren();
  (name && one ? one : view).show(main, leaving.signal, name, new URLSearchParams(query));
  document.title = `${name || title} – Tavern`;
  element('nav').querySelectorAll('a').forEach((link) => {
    link.setAttribute('aria-current', link.hash === `#/${under}` ? 'page' : 'false');
  });
}

// An address that somebody has cut short is no reason to show nothing.
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
  const { name, role } = await get('whoami');
  actAs(role);
  say(element('who'), `${name}, ${role}`);
  element('nav').replaceChildren(...Object.entries(VIEWS)
    .filter(([, { role: needed, under }]) => !under && may(needed ?? 'viewer'))
    .map(([at, { name: title }]) => h('a', { href: `#/${at}` }, title)));
  inside(true);
  navigate();
}

function logOut(problem = '') {
  forgetToken();
  leaving.abort();
  disconnect();
  history.length = 0;
  watched = null;
  element('main').replaceChildren();
  element('nav').replaceChildren();
  say(element('state'), '');
  say(element('who'), '');
  say(element('problem'), problem);
  inside(false);
}

function inside(is) {
  element('login').hidden = is;
  element('main').hidden = !is;
  element('logout').hidden = !is;
  element('token').value = '';
  element(is ? 'main' : 'token').focus();
}

async function begin() {
  try {
    await logIn();
  } catch (problem) {
    logOut(problem.message);
  }
}

element('login').addEventListener('submit', (event) => {
  event.preventDefault();
  keepToken(element('token').value.trim());
  begin();
});
element('logout').addEventListener('click', () => logOut());
element('skip').addEventListener('click', (event) => {
  event.preventDefault();
  element('main').focus();
});
window.addEventListener('hashchange', () => {
  if (hasToken()) {
    navigate();
    element('main').focus();
  }
});
live.addEventListener('overview', ({ detail: { degraded } }) => {
  const state = element('state');
  state.className = degraded.length > 0 ? 'bad' : 'good';
  say(state, degraded.length > 0 ? `${degraded.length} degraded` : 'All is well');
});
live.addEventListener('lost', ({ detail }) => {
  if (detail.status === 401) {
    logOut(detail.message);
    return;
  }
  element('state').className = 'bad';
  say(element('state'), 'No connection; trying again');
});

if (hasToken()) {
  begin();
} else {
  inside(false);
}

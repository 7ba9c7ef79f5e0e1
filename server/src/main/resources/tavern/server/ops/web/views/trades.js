import { get } from '../api.js';
import { h, poll, problemPlace, say, title } from '../dom.js';
import { count, duration, time } from '../format.js';
import { goods, playerLink, roomLink, shortTradeLink } from '../links.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 1_000;
const PAGE = 50;
const WAYS = { player: 'Player', item: 'Item, by its number', trade: 'Trade, by its id' };

const TRADE_COLUMNS = [
  { name: 'When', look: 'tight', cell: ({ atMillis }) => time(atMillis) },
  { name: 'Proposer', cell: ({ proposer }) => playerLink(proposer) },
  { name: 'Gave', cell: ({ gave }) => goods(gave) },
  { name: 'Partner', cell: ({ partner }) => playerLink(partner) },
  { name: 'Gave for it', cell: ({ got }) => goods(got) },
  { name: 'Room', cell: ({ room }) => (room ? roomLink(room) : '–') },
  { name: 'Trade', cell: ({ trade }) => shortTradeLink(trade) },
];

// Newest first and live, until the user turns to older ones. The search is part of the address: #/trades?player=ann.
export function show(main, signal, none, query) {
  const asked = Object.fromEntries(['player', 'item'].filter((way) => query.get(way)).map((way) => [way, query.get(way)]));
  const problem = problemPlace();
  const state = h('p', { class: 'hint' });
  const list = table(Object.keys(asked).length > 0 ? 'Trades found' : 'Trades', TRADE_COLUMNS, 'No trades.');
  const newest = h('button', { type: 'button', onclick: () => turn(0) }, 'Newest');
  const older = h('button', { type: 'button', onclick: () => turn(next) }, 'Older');
  const pause = h('button', { type: 'button', 'aria-pressed': 'false', onclick: hold }, 'Pause');
  let next = 0;
  let before = 0;
  let paused = false;
  main.append(title('Trades', h('div', { class: 'buttons' }, pause, newest, older)), search(asked), problem, state, list.element);

  async function refresh() {
    const from = before;
    const answer = await get('trades', { ...asked, max: PAGE, ...(from ? { before: from } : {}) }, signal);
    if (from === before) {
      next = answer.next;
      older.disabled = !next;
      newest.disabled = !from;
      list.rows(answer.trades);
      say(state, `${from ? 'Older ones' : 'Live'}; ${count(answer.entries)} entries of the ledger are known, `
        + `at most ${duration(Math.ceil(answer.behindMillis / 1_000))} old`);
    }
  }

  function turn(to) {
    before = to;
    refresh().catch((failure) => signal.aborted || say(problem, failure.message));
  }

  // Lets the user read or select a row while there are many trades.
  function hold() {
    paused = !paused;
    pause.setAttribute('aria-pressed', String(paused));
    if (paused) {
      say(state, 'Paused');
    } else {
      turn(before);
    }
  }

  poll(REFRESH_MILLIS, signal, problem, () => (before || paused ? undefined : refresh()));
}

function search(asked) {
  const [way = 'player'] = Object.keys(asked);
  const by = h('select', { id: 'by' }, Object.entries(WAYS).map(([value, name]) => (
    h('option', { value, selected: value === way }, name))));
  const what = h('input', { id: 'what', type: 'search', autocomplete: 'off', spellcheck: 'false', value: asked[way] ?? '' });
  const submit = (event) => {
    event.preventDefault();
    location.hash = found(by.value, what.value.trim());
  };
  return h('form', { class: 'search', role: 'search', 'aria-label': 'Trades', onsubmit: submit },
    h('div', {}, h('label', { for: 'by' }, 'Search by'), by),
    h('div', {}, h('label', { for: 'what' }, 'Name, number or id'), what),
    h('button', { class: 'primary' }, 'Search'));
}

function found(way, what) {
  if (!what) {
    return '#/trades';
  }
  return way === 'trade' ? `#/trades/${encodeURIComponent(what)}` : `#/trades?${new URLSearchParams({ [way]: what })}`;
}

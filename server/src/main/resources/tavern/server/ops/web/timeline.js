// What a player did and what happened to the player, newest first; live until the user turns to older events.
import { get, path } from './api.js';
import { h, poll, problemPlace, said, say } from './dom.js';
import { time } from './format.js';
import { roomLink, shortTradeLink } from './links.js';
import { table } from './table.js';

const REFRESH_MILLIS = 2_000;
const PAGE = 50;
const WHAT = {
  CONNECTED: 'connected', RESUMED: 'came back', DISCONNECTED: 'disconnected', JOINED: 'joined', LEFT: 'left', CHAT: 'said',
  WHISPER: 'whispered', TRADE: 'traded', GRANT: 'was granted', REVOKE: 'was taken', TRANSFER: 'moved goods', ORDER: 'an operator',
};

export function timeline(player, signal) {
  const problem = problemPlace();
  const turnProblem = problemPlace();
  const state = h('p', { class: 'hint', role: 'status' });
  const events = table('Timeline, newest first', [
    { name: 'When', look: 'tight', cell: ({ atMillis }) => time(atMillis) },
    { name: 'What', look: 'tight', cell: ({ what }) => WHAT[what] ?? what.toLowerCase() },
    { name: 'Room', cell: ({ room }) => (room ? roomLink(room) : '–') },
    { name: 'Text', look: 'long', cell: ({ text }) => (text ? said(text) : '–') },
    { name: 'Reference', cell: ({ what, reference }) => (what === 'TRADE' && reference ? shortTradeLink(reference) : reference || '–') },
  ], 'Nothing is known.');
  const newest = h('button', { type: 'button', onclick: () => turn(0) }, 'Newest');
  const older = h('button', { type: 'button', onclick: () => turn(next) }, 'Older');
  let next = 0;
  let before = 0;

  async function refresh() {
    const from = before;
    const answer = await get(path`players/${player}/timeline`, { max: PAGE, ...(from ? { before: from } : {}) }, signal);
    if (from === before) {
      next = answer.next;
      older.disabled = !next;
      newest.disabled = !from;
      events.rows(answer.events);
      const hidden = answer.hidden ? `; your role hides ${answer.hidden} of these events, or their text` : '';
      say(state, `${from ? `Before ${time(from)}` : 'Live'}${hidden}`);
    }
  }

  function turn(to) {
    before = to;
    refresh().then(() => say(turnProblem, ''), (failure) => signal.aborted || say(turnProblem, failure.message));
  }

  poll(REFRESH_MILLIS, signal, problem, () => (before ? undefined : refresh()));
  return h('div', {}, h('div', { class: 'over' }, state, h('div', { class: 'buttons' }, newest, older)), problem, turnProblem, events.element);
}

import { get } from '../api.js';
import { h, poll, problemPlace, say, title } from '../dom.js';
import { count, time } from '../format.js';
import { playerLink, roomLink } from '../links.js';
import { history } from '../live.js';
import { pages } from '../pages.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 3_000;
const ROWS = 50;

const COLUMNS = [
  { name: 'Player', cell: ({ player }) => playerLink(player) },
  { name: 'Server', cell: ({ node }) => node },
  { name: 'Room', cell: ({ room, node }) => (room && isHere(node) ? roomLink(room) : room ?? 'none') },
  { name: 'Address', cell: ({ address }) => address ?? 'connection lost' },
  { name: 'Since', look: 'tight', cell: ({ sinceMillis }) => time(sinceMillis) },
];

// Only its own server shows a room.
const isHere = (node) => node === history.at(-1)?.node;

const field = (id, label, input) => h('div', { class: 'filter' }, h('label', { for: id }, label), input);
const search = (id) => h('input', { id, type: 'search', autocomplete: 'off', spellcheck: 'false' });

export function show(main, signal) {
  const problem = problemPlace();
  const total = h('p', { class: 'hint', role: 'status' });
  const silent = h('p', { class: 'problem', role: 'status' });
  const players = table('Players of the realm', COLUMNS, 'No player of the realm fits.');
  const prefix = search('prefix');
  const node = search('node');
  const again = () => refresh().catch(() => {});
  const page = pages(again);
  main.append(title('Players of the realm'),
    h('div', { class: 'filters' }, field('prefix', 'Name begins with', prefix), field('node', 'Server', node)), problem, silent, total, players.element, page.element);

  function asked() {
    const query = { max: ROWS };
    for (const [name, value] of Object.entries({ prefix: prefix.value, node: node.value, after: page.after() })) {
      if (value) {
        query[name] = value;
      }
    }
    return query;
  }

  async function refresh() {
    const query = asked();
    const answer = await get('realm/players', query, signal);
    if (JSON.stringify(query) === JSON.stringify(asked())) {
      players.rows(answer.players);
      page.told(answer.next);
      say(total, `${count(answer.players.length)} shown; ${count(answer.total)} players are in the realm`);
      say(silent, answer.silent.length === 0 ? '' : `No answer from ${answer.silent.join(', ')}: players there are missing.`);
    }
  }

  for (const input of [prefix, node]) {
    input.addEventListener('input', () => {
      page.first();
      again();
    });
  }
  poll(REFRESH_MILLIS, signal, problem, refresh);
}

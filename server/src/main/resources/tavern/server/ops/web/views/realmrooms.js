import { get } from '../api.js';
import { h, poll, problemPlace, said, say, title } from '../dom.js';
import { count } from '../format.js';
import { roomLink } from '../links.js';
import { history } from '../live.js';
import { pages } from '../pages.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const ROWS = 50;

const COLUMNS = [
  { name: 'Room', cell: ({ room, node }) => (isHere(node) ? roomLink(room) : room) },
  { name: 'Server', cell: ({ node }) => node },
  { name: 'Type', cell: ({ type }) => type || 'built-in rules' },
  { name: 'Players', look: 'number', cell: ({ players }) => count(players) },
  { name: 'Capacity', look: 'number', cell: ({ capacity }) => count(capacity) },
  { name: 'Listed', cell: ({ unlisted }) => (unlisted ? 'no' : 'yes') },
  { name: 'Told of it', cell: ({ metadata }) => told(Object.entries(metadata)) },
];

// Only its own server shows a room.
const isHere = (node) => node === history.at(-1)?.node;

const told = (pairs) => (pairs.length === 0 ? '–'
  : pairs.flatMap(([key, value], i) => [i === 0 ? '' : ', ', said(`${key}: ${value}`)]));

const field = (id, label, input) => h('div', { class: 'filter' }, h('label', { for: id }, label), input);
const search = (id) => h('input', { id, type: 'search', autocomplete: 'off', spellcheck: 'false' });

export function show(main, signal) {
  const problem = problemPlace();
  const total = h('p', { class: 'hint', role: 'status' });
  const rooms = table('Open rooms of the realm', COLUMNS, 'No room of the realm fits.');
  const prefix = search('prefix');
  const node = search('node');
  const type = search('type');
  const sort = h('select', { id: 'sort' }, h('option', { value: 'name' }, 'name'), h('option', { value: 'players' }, 'most players first'));
  const again = () => refresh().catch(() => {});
  const page = pages(again);
  main.append(title('Rooms of the realm'),
    h('div', { class: 'filters' },
      field('prefix', 'Name begins with', prefix), field('node', 'Server', node), field('type', 'Type', type), field('sort', 'Sorted by', sort)),
    problem, total, rooms.element, page.element);

  function asked() {
    const query = { sort: sort.value, max: ROWS };
    for (const [name, value] of Object.entries({ prefix: prefix.value, node: node.value, type: type.value, after: page.after() })) {
      if (value) {
        query[name] = value;
      }
    }
    return query;
  }

  async function refresh() {
    const query = asked();
    const answer = await get('realm/rooms', query, signal);
    if (JSON.stringify(query) === JSON.stringify(asked())) {
      rooms.rows(answer.rooms);
      page.told(answer.next);
      say(total, `${count(answer.rooms.length)} of ${count(answer.total)} rooms that fit`);
    }
  }

  for (const input of [prefix, node, type, sort]) {
    input.addEventListener('input', () => {
      page.first();
      again();
    });
  }
  poll(REFRESH_MILLIS, signal, problem, refresh);
}

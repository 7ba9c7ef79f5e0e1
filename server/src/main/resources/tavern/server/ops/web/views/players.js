import { get } from '../api.js';
import { h, poll, problemPlace, say, title } from '../dom.js';
import { count, time } from '../format.js';
import { playerLink, roomLink } from '../links.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 3_000;

const COLUMNS = [
  { name: 'Player', cell: ({ player }) => playerLink(player), key: ({ player }) => player },
  { name: 'Room', cell: ({ room }) => (room ? roomLink(room) : 'none'), key: ({ room }) => room ?? '' },
  { name: 'Address', cell: ({ address }) => address ?? 'connection lost', key: ({ address }) => address ?? '' },
  { name: 'Since', look: 'tight', cell: ({ sinceMillis }) => time(sinceMillis), key: ({ sinceMillis }) => sinceMillis },
  { name: 'Muted', cell: ({ mutedUntilMillis }) => (mutedUntilMillis > Date.now() ? 'yes' : 'no'), key: ({ mutedUntilMillis }) => mutedUntilMillis },
];

export function show(main, signal) {
  const problem = problemPlace();
  const found = h('p', { class: 'hint', role: 'status' });
  const known = h('p');
  const here = table('Players on this server', COLUMNS, 'Nobody here has such a name.');
  const query = h('input', { id: 'query', type: 'search', autocomplete: 'off', spellcheck: 'false' });
  main.append(title('Players'),
    h('div', { class: 'filter' }, h('label', { for: 'query' }, 'Name contains, or the whole name of one who is away'), query),
    problem, known, found, here.element);

  async function refresh() {
    const asked = query.value.trim();
    const answer = await get('players', asked ? { query: asked } : {}, signal);
    if (asked === query.value.trim()) {
      here.rows(answer.here);
      say(found, `${count(answer.here.length)} shown`);
      const away = answer.known && !answer.known.session;
      known.replaceChildren(...(away ? [playerLink(answer.known.player), ' is not on this server now.'] : []));
    }
  }

  query.addEventListener('input', () => refresh().catch(() => {}));
  poll(REFRESH_MILLIS, signal, problem, refresh);
}

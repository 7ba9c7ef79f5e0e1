import { get } from '../api.js';
import { h, poll, problemPlace, said, say, title } from '../dom.js';
import { count, millis } from '../format.js';
import { roomLink } from '../links.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;

const COLUMNS = [
  { name: 'Room', cell: ({ room }) => roomLink(room), key: ({ room }) => room },
  { name: 'Players', look: 'number', cell: ({ players }) => count(players), key: ({ players }) => players },
  { name: 'Capacity', look: 'number', cell: ({ capacity }) => count(capacity), key: ({ capacity }) => capacity },
  { name: 'Mailbox', look: 'number', cell: ({ mailboxDepth }) => count(mailboxDepth), key: ({ mailboxDepth }) => mailboxDepth },
  { name: 'Waits', look: 'number', cell: ({ waitMicros }) => millis(waitMicros / 1_000), key: ({ waitMicros }) => waitMicros },
  { name: 'Tick', look: 'number', cell: ({ tickMicros }) => millis(tickMicros / 1_000), key: ({ tickMicros }) => tickMicros },
  { name: 'Lease', cell: ({ lease }) => lease.toLowerCase(), key: ({ lease }) => lease },
  { name: 'Listed', cell: ({ unlisted }) => (unlisted ? 'no' : 'yes'), key: ({ unlisted }) => String(unlisted) },
  { name: 'Told of it', cell: ({ metadata }) => metadataOf(Object.entries(metadata)) },
];

const metadataOf = (pairs) => (pairs.length === 0 ? '–'
  : pairs.flatMap(([key, value], i) => [i === 0 ? '' : ', ', said(`${key}: ${value}`)]));

export function show(main, signal) {
  const problem = problemPlace();
  const total = h('p', { class: 'hint', role: 'status' });
  const rooms = table('Open rooms', COLUMNS, 'No room is open, or none has such a name.');
  const prefix = h('input', { id: 'prefix', type: 'search', autocomplete: 'off', spellcheck: 'false' });
  main.append(title('Rooms'),
    h('div', { class: 'filter' }, h('label', { for: 'prefix' }, 'Name begins with'), prefix),
    problem, total, rooms.element);

  async function refresh() {
    const asked = prefix.value;
    const answer = await get('rooms', asked ? { prefix: asked } : {}, signal);
    if (asked === prefix.value) {
      rooms.rows(answer.rooms);
      say(total, `${count(answer.rooms.length)} of ${count(answer.total)} open rooms`);
    }
  }

  prefix.addEventListener('input', () => refresh().catch(() => {}));
  poll(REFRESH_MILLIS, signal, problem, refresh);
}

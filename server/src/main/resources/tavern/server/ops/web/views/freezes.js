import { get } from '../api.js';
import { h, poll, problemPlace, said, title } from '../dom.js';
import { time } from '../format.js';
import { playerLink, roomLink } from '../links.js';
import { freeze, lift } from '../orders.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const TARGETS = { EVERYWHERE: () => 'everywhere', ROOM: roomLink, PLAYER: playerLink };

export function show(main, signal) {
  const problem = problemPlace();
  const again = () => refresh().catch(() => {});
  const freezes = table('In force', [
    { name: 'Stopped', cell: ({ what }) => what.toLowerCase(), key: ({ what }) => what },
    { name: 'For', cell: ({ scope, target }) => TARGETS[scope](target), key: ({ target }) => target },
    { name: 'Reason', cell: ({ reason }) => said(reason), key: ({ reason }) => reason },
    { name: 'Since', look: 'tight', cell: ({ sinceMillis }) => time(sinceMillis), key: ({ sinceMillis }) => sinceMillis },
    { name: 'Actions', cell: (row) => h('div', { class: 'buttons' }, lift(row, again)) },
  ], 'Nothing is stopped.');
  main.append(title('Freezes', freeze(again)),
    h('p', { class: 'hint' }, 'Who is in a trade may still decline; who is in a room stays. Freezes hold for the whole realm, and outlive restarts.'),
    problem, freezes.element);

  async function refresh() {
    freezes.rows((await get('freezes', {}, signal)).freezes);
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

import { get, path } from '../api.js';
import { h, numbers, poll, problemPlace, renew, section, title } from '../dom.js';
import { time } from '../format.js';
import { goods, playerLink, roomLink } from '../links.js';

const REFRESH_MILLIS = 2_000;
const PUBLICATIONS = {
  WAITING: 'waits to be published',
  PUBLISHED: 'published, or set aside as a dead letter',
  UNKNOWN: 'not known: too much waits to be published',
  NONE: 'is not published',
};

export function show(main, signal, trade) {
  const problem = problemPlace();
  const state = numbers();
  const sides = h('div', { class: 'pair' });
  const room = h('p');
  main.append(title('Trade'), h('p', { class: 'hint' }, trade), problem,
    section('Outcome', state.list, room), sides);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get(path`trades/${trade}`, {}, signal);
    state.fill({
      Outcome: answer.outcome.toLowerCase().replaceAll('_', ' '),
      ...(answer.outcome === 'COMMITTED' ? {} : { Reason: answer.reason }),
      When: answer.atMillis ? time(answer.atMillis) : '–',
      'Entry of the ledger': answer.entry ? String(answer.entry) : 'none',
      Publication: PUBLICATIONS[answer.publication] ?? answer.publication,
    });
    renew(room, answer.room ? ['In the room ', roomLink(answer.room), '.'] : '');
    const moved = answer.outcome === 'COMMITTED' ? 'gave' : 'would have given';
    renew(sides, side(answer.proposer, 'Proposer', moved, answer.gave), side(answer.partner, 'Partner', moved, answer.got));
  });
}

const side = (player, part, moved, what) => h('section', { class: 'card', 'aria-label': part },
  h('h2', {}, `${part}: `, player ? playerLink(player) : 'unknown'), h('p', {}, `${moved} `, what ? goods(what) : 'nothing that is known'));

import { get } from '../api.js';
import { h, numbers, poll, problemPlace, renew, say, section, title } from '../dom.js';
import { count, duration, millis, time } from '../format.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;

// What was granted, less what was taken back, must equal what all players own: the server checks it continuously.
export function show(main, signal) {
  const problem = problemPlace();
  const verdict = h('p', { class: 'verdict', role: 'status' });
  const problems = h('ul', { class: 'bad', 'aria-live': 'polite' });
  const figures = numbers();
  const kinds = table('Goods by kind', [
    { name: 'Kind', cell: ({ kind }) => kind, key: ({ kind }) => kind },
    { name: 'Granted', look: 'number', cell: ({ granted }) => count(granted), key: ({ granted }) => granted },
    { name: 'Held', look: 'number', cell: ({ held }) => count(held), key: ({ held }) => held },
    { name: 'Difference', look: 'number', cell: ({ difference }) => different(difference), key: ({ difference }) => difference },
  ], 'Nobody owns anything.');
  main.append(title('Economy'), problem,
    section('Conservation', verdict, problems, figures.list,
      h('p', { class: 'hint' }, 'Granted is all that ever came from nowhere, less what was taken back; held is the sum over all players.')),
    kinds.element);

  poll(REFRESH_MILLIS, signal, problem, async () => {
    const answer = await get('economy', {}, signal);
    verdict.className = `verdict ${answer.checked ? answer.holds ? 'good' : 'bad' : ''}`;
    say(verdict, answer.checked ? verdictOf(answer) : 'Not yet checked.');
    renew(problems, answer.problems.map((text) => h('li', {}, text)));
    figures.fill(figuresOf(answer));
    kinds.rows([...answer.kinds, { kind: 'unique items', ...answer.items }]);
  });
}

function verdictOf({ holds, kinds, items }) {
  if (holds) {
    return 'Holds: all goods are accounted for.';
  }
  const wrong = [...kinds, { kind: 'unique items', ...items }].filter(({ difference }) => Number(difference) !== 0)
    .map(({ kind, difference }) => `${signed(difference)} ${kind}`);
  return `Does not hold: ${wrong.join(', ') || 'see the problems below'}.`;
}

function figuresOf({ checked, atMillis, tookMillis, checks, failedChecks, players }) {
  return {
    Checked: checked ? `${time(atMillis)}, ${duration((Date.now() - atMillis) / 1_000)} ago` : '–',
    'The check took': checked ? millis(tookMillis) : '–',
    Checks: count(checks),
    'Of them failed': count(failedChecks),
    Players: count(players),
  };
}

const signed = (difference) => `${Number(difference) > 0 ? '+' : ''}${count(difference)}`;

const different = (difference) => (Number(difference) === 0 ? '0' : h('strong', { class: 'bad' }, signed(difference)));

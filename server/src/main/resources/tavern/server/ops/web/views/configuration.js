import { get } from '../api.js';
import { h, problemPlace, say, title } from '../dom.js';
import { table } from '../table.js';

export async function show(main, signal) {
  const problem = problemPlace();
  const settings = table('Settings in force', [
    { name: 'Setting', cell: ([name]) => name, key: ([name]) => name },
    { name: 'Value', cell: ([, { value }]) => h('code', {}, value) },
    { name: 'From', cell: ([, { origin }]) => origin, key: ([, { origin }]) => origin },
  ], 'There are none.');
  main.append(title('Settings'), h('p', { class: 'hint' }, 'Secrets are masked.'), problem, settings.element);
  try {
    settings.rows(Object.entries(await get('config', {}, signal)));
  } catch (failure) {
    if (!signal.aborted) {
      say(problem, failure.message);
    }
  }
}

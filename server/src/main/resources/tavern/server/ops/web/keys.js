// Sessions and tokens of operators, as columns of a table.
import { time, until } from './format.js';

export const columns = [
  { name: 'What', cell: ({ kind, label, own }) => (kind === 'TOKEN' ? `token: ${label}` : `session${own ? ' (this one)' : ''}`), key: ({ kind }) => kind },
  { name: 'From', cell: ({ address }) => address, key: ({ address }) => address },
  { name: 'Since', look: 'tight', cell: ({ madeMillis }) => time(madeMillis), key: ({ madeMillis }) => madeMillis },
  { name: 'Last used', look: 'tight', cell: ({ usedMillis }) => time(usedMillis), key: ({ usedMillis }) => usedMillis },
  { name: 'Ends', look: 'tight', cell: ({ untilMillis }) => until(untilMillis).replace('until ', ''), key: ({ untilMillis }) => untilMillis },
];

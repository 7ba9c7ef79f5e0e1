import { get, path } from '../api.js';
import { h, poll, problemPlace, title } from '../dom.js';
import * as fields from '../fields.js';
import { time, until } from '../format.js';
import { columns } from '../keys.js';
import { button, buttons } from '../orders.js';
import { secret } from '../secrets.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const MADE_HINT = 'May be left empty: then the server makes one, which is shown once.';

export function show(main, signal) {
  const problem = problemPlace();
  const again = () => refresh().catch(() => {});
  let roles = {};
  const accounts = table('Accounts', [
    { name: 'Name', cell: ({ name }) => name, key: ({ name }) => name },
    { name: 'Roles', cell: ({ roles: some }) => some.join(', '), key: ({ roles: some }) => some.join() },
    { name: 'State', cell: state, key: state },
    { name: 'Second factor', cell: factor, key: factor },
    { name: 'Last sign-in', look: 'tight', cell: signIn, key: ({ signedInMillis }) => signedInMillis },
    { name: 'Made', cell: ({ madeMillis, madeBy }) => `${time(madeMillis)} by ${madeBy}`, key: ({ madeMillis }) => madeMillis },
    { name: 'Actions', cell: (account) => orders(account, () => roles, again) },
  ], 'There are no accounts yet. Until there are, tokens of the token file are the way in.');
  const sessions = table('Sessions and tokens', [
    { name: 'Operator', cell: ({ operator }) => operator, key: ({ operator }) => operator },
    ...columns,
    { name: 'Actions', cell: (key) => h('div', { class: 'buttons' }, end(key, again)) },
  ], 'Nobody is signed in.');
  const rights = table('Roles', [
    { name: 'Role', cell: ([name]) => name },
    { name: 'Rights', cell: ([, some]) => some.join(', ') },
  ], 'There are none.');
  main.append(title('Operators', add(again)), problem, accounts.element, sessions.element, rights.element);

  async function refresh() {
    const [everybody, keys] = await Promise.all([get('operators', {}, signal), get('operators/sessions', {}, signal)]);
    roles = everybody.roles;
    accounts.rows(everybody.operators);
    sessions.rows(keys.sessions);
    rights.rows(Object.entries(roles));
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

function state({ disabled, untilMillis }) {
  if (disabled) {
    return 'disabled';
  }
  return untilMillis <= Date.now() ? `expired ${time(untilMillis)}` : `enabled ${until(untilMillis)}`;
}

const factor = ({ secondFactor, recoveryCodes }) => (secondFactor ? `yes, ${recoveryCodes} recovery codes left` : 'no');
const signIn = ({ signedInMillis, signedInFrom }) => (signedInMillis ? `${time(signedInMillis)} from ${signedInFrom}` : 'never');
const reveal = ({ password }) => (password ? secret('The password, shown only now', password) : []);

const add = (done) => buttons('Actions', button('operators', 'Add…', 'operators', {
  ask: async () => {
    const { roles } = await get('operators');
    return [
      fields.text('name', 'Name', '', 'Up to 32 of a-z, 0-9, and further on . _ and -.'),
      fields.some('roles', 'Roles', Object.keys(roles)),
      fields.validFor('Valid'),
      fields.password('newPassword', 'Password', 'new-password', MADE_HINT),
    ];
  },
  reveal,
  done,
}, 'Add an operator'));

function orders(account, roles, done) {
  const { name } = account;
  const order = (action) => path`operators/${name}/` + action;
  const one = (label, action, rest) => button('operators', label, order(action), { done, ...rest }, `${label} ${name}`, action + name);
  return buttons(`Actions on ${name}`,
    account.disabled ? one('Enable', 'enable', {})
      : one('Disable', 'disable', { danger: true, warning: 'Sessions end at once; tokens are not valid while the account is disabled.' }),
    one('Roles', 'roles', { ask: () => [fields.some('roles', 'Roles', Object.keys(roles()), account.roles)] }),
    one('Expiry', 'expire', { ask: () => [fields.validFor('Valid from now on')] }),
    one('Password', 'password', {
      warning: 'The sessions of the operator end.', reveal,
      ask: () => [fields.password('newPassword', 'New password', 'new-password', MADE_HINT)],
    }),
    account.secondFactor ? one('Reset second factor', 'reset-second-factor', {
      danger: true, warning: 'For somebody who has lost it. From then on the password alone is enough, until a new one is set up. Sessions end.',
    }) : [],
    one('Remove', 'remove', { danger: true, warning: 'With its sessions and tokens. This cannot be undone.' }));
}

const end = ({ id, operator, kind, label }, done) => button('operators', 'End', path`operators/${operator}/end`, {
  danger: true, body: { id }, done, warning: kind === 'TOKEN' ? 'Scripts that use it are refused from now on.' : '',
}, `End the ${kind === 'TOKEN' ? `token ${label}` : 'session'} of ${operator}`, id);

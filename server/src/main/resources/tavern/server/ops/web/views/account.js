import { get, post } from '../api.js';
import { askFor } from '../dialog.js';
import { h, numbers, poll, problemPlace, section, title } from '../dom.js';
import * as fields from '../fields.js';
import { until } from '../format.js';
import { columns } from '../keys.js';
import { secret } from '../secrets.js';
import { table } from '../table.js';

const REFRESH_MILLIS = 2_000;
const PASSWORD = () => fields.password('password', 'Your password now');
const CODE = (name) => fields.text(name, 'A code of the second factor that is set up, or a recovery code');

export function show(main, signal) {
  const problem = problemPlace();
  const again = () => refresh().catch(() => {});
  const figures = numbers();
  let hasFactor = false;
  const reset = order('Remove second factor', 'account/second-factor/remove', {
    danger: true, warning: 'From then on the password alone is enough.', ask: () => [PASSWORD(), CODE('code')],
  });
  const actions = h('div', { class: 'buttons', role: 'group', 'aria-label': 'Actions' },
    order('Change password', 'account/password', {
      warning: 'Your other sessions end.', ask: () => [PASSWORD(), fields.password('newPassword', 'New password, of 12 characters or more', 'new-password')],
    }),
    order('Set up second factor', 'account/second-factor', { ask: () => secondFactor(hasFactor), reveal: ({ recoveryCodes }) => secret(
      'Recovery codes, shown only now; each replaces the second factor once', ...recoveryCodes) }),
    reset,
    order('Make a token', 'account/tokens', {
      warning: 'A token is for scripts: it may do what you may, without a second factor.',
      ask: () => [PASSWORD(), fields.text('label', 'What it is for'),
        fields.choiceNumber('seconds', 'Valid', [['604800', '7 days'], ['2592000', '30 days'], ['7776000', '90 days'], ['31536000', '1 year']])],
      reveal: ({ token }) => secret('The token, shown only now', token),
    }));
  const keys = table('My sessions and tokens', [
    ...columns,
    { name: 'Actions', cell: ({ id, kind, label }) => h('div', { class: 'buttons' }, order('End', 'account/end',
      { danger: true, body: { id } }, kind === 'TOKEN' ? `End the token ${label}` : 'End the session', id)) },
  ], 'There are none.');
  const card = section('Account', figures.list, h('p'), actions);
  const place = h('div', { hidden: true }, card, keys.element);
  main.append(title('My account'), problem, place);

  // Like the buttons of commands, but of the operator's own: they need the password instead of a reason.
  function order(label, where, { ask, body, ...rest }, name = label, kind = where) {
    const open = async ({ currentTarget: opener }) => askFor({
      title: name, opener, reasonless: true, done: again, ...rest, fields: await ask?.() ?? [],
      send: (values) => post(where, { ...body, ...values }),
    });
    return h('button', { type: 'button', class: rest.danger ? 'danger' : '', 'aria-label': name, 'data-order': kind, onclick: open }, label);
  }

  async function refresh() {
    const { account, sessions } = await get('account', {}, signal);
    figures.fill({
      Name: account.name,
      Roles: account.roles.join(', '),
      Valid: until(account.untilMillis),
      'Second factor': account.secondFactor ? `set up, ${account.recoveryCodes} recovery codes left` : 'none',
    });
    hasFactor = account.secondFactor;
    reset.hidden = !hasFactor;
    keys.rows(sessions);
    place.hidden = false;
  }

  poll(REFRESH_MILLIS, signal, problem, refresh);
}

// The picture is data of this page: its policy lets no other site see it.
async function secondFactor(replaces) {
  const { secret: key, uri, qr } = await get('account/second-factor');
  const picture = h('img', { class: 'qr', alt: 'The key as a QR code', src: `data:image/svg+xml,${encodeURIComponent(qr)}` });
  const shown = h('div', { class: 'field' }, h('p', {}, 'Scan this with your authenticator app, or type the key:'), picture,
    h('p', {}, h('a', { href: uri }, h('code', {}, key.match(/.{4}/g).join(' ')))));
  const code = fields.text('code', 'The code that the app shows');
  code.input.setAttribute('inputmode', 'numeric');
  return [{ element: shown, read: () => ({ secret: key }) }, code, PASSWORD(), ...replaces ? [CODE('currentCode')] : []];
}

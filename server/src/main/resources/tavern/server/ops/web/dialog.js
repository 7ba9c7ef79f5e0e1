import { h, problemPlace, say } from './dom.js';

// Asks for an order's fields and its reason, sends it, shows the server's answer or its error.
// order: {title, warning, fields, send(values) → {result, audit}, done()}; the fields are those of fields.js.
export function askFor({ title, warning, fields = [], danger, send, done }) {
  const problem = problemPlace();
  const answer = h('p', { class: 'answer', role: 'status' });
  const go = h('button', { class: danger ? 'danger' : 'primary' }, title);
  const leave = h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel');
  const reason = h('input', { id: 'reason', required: true, maxlength: 500, autocomplete: 'off' });
  const inputs = [...fields.map((field) => field.element),
    h('div', { class: 'field' }, h('label', { for: 'reason' }, 'Reason'), reason,
      h('p', { class: 'hint' }, 'Stands in the audit log.'))];
  const form = h('form', { onsubmit: submit },
    h('h2', { id: 'dialog-title' }, title), warning ? h('p', {}, warning) : '',
    ...inputs, problem, answer, h('div', { class: 'buttons' }, leave, go));
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', onclose: () => dialog.remove() }, form);

  async function submit(event) {
    event.preventDefault();
    say(problem, '');
    go.disabled = true;
    try {
      const values = Object.assign({ reason: reason.value }, ...fields.map((field) => field.read()));
      const { result, audit } = await send(values);
      say(answer, `${result} (entry ${audit} of the audit log)`);
      inputs.forEach((input) => { input.hidden = true; });
      go.hidden = true;
      say(leave, 'Close');
      leave.focus();
      done?.();
    } catch (failure) {
      say(problem, failure.message);
    }
    go.disabled = false;
  }

  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector('input, select, textarea') ?? go).focus();
}

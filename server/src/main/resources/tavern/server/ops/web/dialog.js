import { findAgain, h, problemPlace, say } from './dom.js';

// Asks for a command's fields and its reason, sends it, shows the server's answer or its error. A command that looks
// like a mistake, or would replace another operator's command, must be confirmed.
// order: {title, opener, warning, fields, version, reasonless, send(values, version) → {result, audit}, reveal(answer) → nodes,
// done()}; reveal is for what the answer shows once. The fields are
// those of fields.js, version is of what the command replaces, as it was shown; opener is the button that gets the
// focus back.
export function askFor({ title, opener, warning, fields = [], danger, version = '', reasonless, send, reveal, done }) {
  let confirm = [];
  let replaces = version;
  const problem = problemPlace();
  const answer = h('p', { class: 'answer', role: 'status' });
  const go = h('button', { class: danger ? 'danger' : 'primary' }, title);
  const leave = h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel');
  const reason = h('input', { id: 'reason', required: true, maxlength: 500, autocomplete: 'off' });
  const asked = reasonless ? [] : [h('div', { class: 'field' }, h('label', { for: 'reason' }, 'Reason'), reason,
      h('p', { class: 'hint' }, 'Stands in the audit log. Players are not told.'))];
  const inputs = [...fields.map((field) => field.element), ...asked];
  const form = h('form', { onsubmit: submit, oninput: beginAgain },
    h('h2', { id: 'dialog-title' }, title), warning ? h('p', {}, warning) : '',
    ...inputs, problem, answer, h('div', { class: 'buttons' }, leave, go));
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', onclose: close }, form);

  // A different command from the one that was to be confirmed.
  function beginAgain() {
    confirm = [];
    replaces = version;
    say(go, title);
  }

  function doubt({ error }) {
    if (error.confirm) {
      confirm = error.confirm;
      say(problem, `${error.doubts}. Is that meant?`);
      say(go, `${title} all the same`);
    } else if (error.version) {
      replaces = error.version;
      say(problem, `Now: ${error.stands}. Replace that?`);
      say(go, `${title} all the same`);
    } else if (error.code === 'PRECONDITION_FAILED') {
      replaces = '';
      say(problem, 'Somebody has lifted it meanwhile. Go on?');
      say(go, `${title} all the same`);
    }
  }

  async function submit(event) {
    event.preventDefault();
    say(problem, '');
    go.disabled = true;
    try {
      const values = Object.assign(reasonless ? {} : { reason: reason.value }, ...fields.map((field) => field.read()));
      const reply = await send(confirm.length > 0 ? { ...values, confirm } : values, replaces);
      say(answer, reply.audit ? `${reply.result} (entry ${reply.audit} of the audit log)` : reply.result);
      answer.after(...(reveal?.(reply) ?? []));
      inputs.forEach((input) => { input.hidden = true; });
      go.hidden = true;
      say(leave, 'Close');
      leave.focus();
      done?.();
    } catch (failure) {
      say(problem, failure.message);
      if (failure.error) {
        doubt(failure);
      }
    }
    go.disabled = false;
  }

  // The button that was pressed may have been redrawn or replaced since.
  function close() {
    dialog.remove();
    (findAgain(document.getElementById('main'), opener) ?? document.getElementById('main')).focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector('input, select, textarea') ?? go).focus();
}

// Figures as people read them.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const when = new Intl.DateTimeFormat('sv', { dateStyle: 'short', timeStyle: 'medium' });
// As far as the server looks ahead: for ever.
const FOR_EVER = 253_402_300_799_000;

export const count = (value) => whole.format(value);
export const rate = (value) => tenth.format(value);
export const millis = (value) => `${tenth.format(value)} ms`;
export const time = (value) => when.format(value);
export const clock = (value) => when.format(value).split(' ')[1];
export const until = (value) => (value >= FOR_EVER ? 'for ever' : `until ${time(value)}`);

export function bytes(value) {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${tenth.format(value / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB'][power]}`;
}

export function duration(seconds) {
  if (seconds < 60) {
    return `${Math.floor(seconds)} s`;
  }
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} min`;
  }
  const hours = Math.floor(seconds / 3_600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3_600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

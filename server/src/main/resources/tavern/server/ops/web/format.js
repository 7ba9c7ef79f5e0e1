// Formats figures for people.
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
// Based on ISO 8601, in the browser's time zone, which is named because operators of one server are in several zones.
const when = new Intl.DateTimeFormat('sv', {
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'shortOffset',
});
const part = (value, name) => when.formatToParts(value).find(({ type }) => type === name).value;
const utc = (text) => text.replace('GMT', 'UTC').replace(/UTC\+0$/, 'UTC');
// The last year that the server uses: for ever.
const FOR_EVER = 253_402_300_799_000;

export const count = (value) => whole.format(value);
export const rate = (value) => tenth.format(value);
export const millis = (value) => `${tenth.format(value)} ms`;
export const time = (value) => utc(when.format(value));
export const zone = (value) => utc(part(value, 'timeZoneName'));
// For use where the zone is named nearby.
export const clock = (value) => ['hour', 'minute', 'second'].map((name) => part(value, name)).join(':');
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

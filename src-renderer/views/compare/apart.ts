/** Two values of one row, as what they have in common at both ends and what tells them apart. */
export interface Apart {
  before: string;
  differs?: string;
  after?: string;
}

/** Shorter ones are read at a glance. */
const LONG = 16;
/** Of what both begin with, as much as says where one is. */
const KEPT = 12;

/** Ends at a sign that parts of a path, a name or a list end at, so that no number is cut in two. */
const STOPS = /[/,;:._\- ]/;

export function apart(left: string, right: string): [Apart, Apart] {
  const whole: [Apart, Apart] = [{ before: left }, { before: right }];
  if (left === right || Math.min(left.length, right.length) < LONG) return whole;
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  while (start > 0 && !STOPS.test(left[start - 1] ?? "")) start -= 1;
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  while (end > 0 && !STOPS.test(left.at(-end) ?? "")) end -= 1;
  if (start + end < LONG / 2) return whole;
  const head = left.slice(0, start);
  const before = start > 2 * KEPT ? `…${head.slice(-KEPT)}` : head;
  const side = (text: string): Apart => ({
    before,
    differs: text.slice(start, text.length - end),
    after: text.slice(text.length - end),
  });
  return [side(left), side(right)];
}

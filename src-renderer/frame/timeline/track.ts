/** A recording's track: where a moment stands on it, and which change is next. Pure. */

export interface Span {
  startMs: number;
  endMs: number;
}

export interface Mark {
  atMs: number;
  text: string;
}

/** 0 to 1 along the track. */
export const shareOf = ({ startMs, endMs }: Span, atMs: number): number =>
  endMs <= startMs ? 0 : Math.min(1, Math.max(0, (atMs - startMs) / (endMs - startMs)));

export const momentAt = ({ startMs, endMs }: Span, share: number): number =>
  Math.round(startMs + Math.min(1, Math.max(0, share)) * (endMs - startMs));

/** The next change after a moment, or the last before it. */
export const nextMark = (marks: readonly Mark[], atMs: number): Mark | undefined =>
  marks.filter((mark) => mark.atMs > atMs + 0.5).sort((a, b) => a.atMs - b.atMs)[0];
export const previousMark = (marks: readonly Mark[], atMs: number): Mark | undefined =>
  marks.filter((mark) => mark.atMs < atMs - 0.5).sort((a, b) => b.atMs - a.atMs)[0];

/** What has just happened: the latest change at or before a moment. */
export const latestMark = (marks: readonly Mark[], atMs: number): Mark | undefined => previousMark(marks, atMs + 1);

export interface Cluster {
  share: number;
  marks: Mark[];
}

/** Marks that would lie on each other are one: `least` is their distance as a share of the track. */
export function clusters(span: Span, marks: readonly Mark[], least: number): Cluster[] {
  const found: Cluster[] = [];
  for (const mark of [...marks].sort((a, b) => a.atMs - b.atMs)) {
    const share = shareOf(span, mark.atMs);
    const last = found.at(-1);
    if (last && share - last.share < least) last.marks.push(mark);
    else found.push({ share, marks: [mark] });
  }
  return found;
}

/** "0:42", "12:05", "1:02:09" since the start. */
export function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return hours > 0 ? `${hours}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/**
 * Numbers and hostile text as people read them, the same in the terminal and in the window.
 * Everything that came from a node goes through `inert` before a person sees it.
 */

const UNITS = ["B", "K", "M", "G", "T", "P", "E"];

/** "1.5", "12", "0.4": at most three digits, one decimal below 10. */
const short = (value: number): string => {
  const rounded = value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value);
  return String(rounded);
};

const scaled = (value: number): [string, string] => {
  const size = Math.abs(value);
  let step = 0;
  let shown = size;
  // 1023.5 K would read "1024 K"; move on where rounding reaches the next unit.
  while (step < UNITS.length - 1 && Math.round(shown) >= 1000) {
    shown /= 1024;
    step++;
  }
  return [(value < 0 ? "-" : "") + short(shown), UNITS[step]!];
};

/** Bytes for prose, in powers of 1024: "384 MiB", "0.7 KiB", "512 B". "unknown" for what is no number. */
export const bytes = (value: number | undefined | null): string => {
  if (value === undefined || value === null || !Number.isFinite(value)) return "unknown";
  const [number, unit] = scaled(value);
  return unit === "B" ? `${number} B` : `${number} ${unit}iB`;
};

/** Bytes for a narrow column: "384 M", "696 K". "—" for what is no number. */
export const bytesShort = (value: number | undefined | null): string => {
  if (value === undefined || value === null || !Number.isFinite(value)) return "—";
  const [number, unit] = scaled(value);
  return `${number} ${unit}`;
};

/** Cores to at most two decimals: "0.5 cores", "1 core". */
export const cores = (value: number | undefined | null): string => {
  if (value === undefined || value === null || !Number.isFinite(value)) return "unknown";
  const shown = value < 0.01 && value > 0 ? "<0.01" : String(Math.round(value * 100) / 100);
  return shown === "1" ? "1 core" : `${shown} cores`;
};

/** A share of 0 to 1 as percent: "12 %", "0.4 %". */
export const percent = (share: number | undefined | null): string => {
  if (share === undefined || share === null || !Number.isFinite(share)) return "—";
  return `${short(share * 100)} %`;
};

const DURATIONS: [number, string][] = [
  [86_400_000_000, "d"],
  [3_600_000_000, "h"],
  [60_000_000, "min"],
  [1_000_000, "s"],
  [1_000, "ms"],
  [1, "µs"],
];

/** A length of time given in microseconds: "340 ms", "1.2 s", "3 min 4 s", "2 d 5 h". */
export const duration = (usec: number | undefined | null): string => {
  if (usec === undefined || usec === null || !Number.isFinite(usec)) return "unknown";
  if (usec < 0) return `-${duration(-usec)}`;
  if (usec < 1) return "0 s";
  // Whole seconds from a minute up, so that 119.6 s reads "2 min" and not "1 min 60 s".
  const value = usec < 59_950_000 ? usec : Math.round(usec / 1_000_000) * 1_000_000;
  const at = DURATIONS.findIndex(([size]) => value >= size);
  const [size, unit] = DURATIONS[at] ?? [1, "µs"];
  if (at >= 3) {
    const shown = short(value / size);
    return shown === "1000" && at > 3 ? `1 ${DURATIONS[at - 1]![1]}` : `${shown} ${unit}`;
  }
  const [minor, minorUnit] = DURATIONS[at + 1]!;
  const whole = Math.floor(value / size);
  const rest = Math.floor((value % size) / minor);
  return rest > 0 ? `${whole} ${unit} ${rest} ${minorUnit}` : `${whole} ${unit}`;
};

/** A count with its noun: "1 process", "1,034 processes". The plural is the noun with "s" unless given. */
export const count = (value: number, noun: string, plural = `${noun}s`): string =>
  `${value.toLocaleString("en")} ${value === 1 ? noun : plural}`;

/** "net, ipc and uts" */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** The last four digits of an inode: namespaces of one boot share the rest. "…2614" */
export const shortInode = (inode: number): string => {
  const digits = String(inode);
  return digits.length > 4 ? `…${digits.slice(-4)}` : digits;
};

/** The first twelve hex digits of a container's id, as the runtimes' own tools print it; other ids whole. */
export const shortId = (id: string): string => (/^[0-9a-f]{32,}$/.test(id) ? id.slice(0, 12) : inert(id, 64));

// CSI and two-byte escapes, OSC/DCS/APC/PM/SOS strings up to their end (ECMA-48), with 8-bit forms.
const ESCAPES =
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c|$)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;
// C0 and C1 controls, line and paragraph separators.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
// Bidirectional controls (UAX #9), zero-width, tag and other invisible characters, and lone surrogates.
const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Bidi_Control}|\p{Surrogate}|[\ufff9-\ufffb]/gu;

/**
 * Text from a node, made safe to show on one line: no terminal escapes, no control characters (a run of them becomes
 * one space), no bidirectional or invisible characters, at most `max` characters with "…" where it was cut.
 */
export const inert = (text: string, max = 200): string => {
  // Bound the work first: escapes and controls can only shrink the text.
  const bounded = text.length > max * 16 + 1024 ? text.slice(0, max * 16 + 1024) : text;
  const clean = bounded.replace(ESCAPES, "").replace(CONTROLS, " ").replace(INVISIBLE, "").trim();
  const characters = Array.from(clean);
  return characters.length <= max && bounded.length === text.length
    ? clean
    : `${characters.slice(0, Math.max(0, max - 1)).join("")}…`;
};

const LATEST_MS = 8.64e15;
/** Milliseconds since the epoch as ISO 8601. A node's clock, and a file, may say anything; Date throws beyond its range. */
export const isoTime = (ms: number): string => new Date(Math.max(-LATEST_MS, Math.min(ms, LATEST_MS))).toISOString();

/**
 * Text that a desktop's notices show: on Linux their body is markup, links and pictures too (freedesktop Desktop
 * Notifications Specification, Markup), and it is not everywhere that the characters can be written otherwise.
 */
export const withoutMarkup = (text: string): string =>
  text.replaceAll("<", "‹").replaceAll(">", "›").replaceAll("&", "＆");

/** Whether all of a text can be seen, as what it is: `inert` would take nothing out of it. */
export const isSeen = (text: string): boolean => text.search(CONTROLS) < 0 && text.search(INVISIBLE) < 0;

/**
 * A value as one line of JSON that is safe on a terminal: what it would obey, or show as something else than it is
 * (JSON itself escapes C0 alone), is written as JSON's own escapes. It parses to the same value.
 */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(CONTROLS, escaped).replace(INVISIBLE, escaped);

const escaped = (text: string): string =>
  text.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A path, cut in the middle so that its end stays: "/kubepods/…/app". */
export const inertPath = (path: string, max = 120): string => {
  const clean = inert(path, 4096);
  const characters = Array.from(clean);
  if (characters.length <= max) return clean;
  const head = Math.floor((max - 1) / 3);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (max - 1 - head)).join("")}`;
};

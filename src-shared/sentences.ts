/**
 * Sentences that are data: a table has a template for each code, with holes for the parts. Of a code and its parts the
 * table makes the sentence, and it knows its own sentences again: so they can travel as text, in JSON as on the wire, and
 * yet what is a part of one can be told from what are our words (redaction replaces the parts alone).
 */
export type Sentences = Readonly<Record<string, string>>;

type Holes<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Holes<Rest>
  : never;

/** A code of a table with the parts that its sentence takes. */
export type Said<Table extends Sentences> = {
  [Code in keyof Table & string]: { code: Code } & { [Name in Holes<Table[Code]>]: string | number };
}[keyof Table & string];

const HOLE = /\{(\w+)\}/;

export const say = <Table extends Sentences>(table: Table, said: Said<Table>): string => fill(table, said);

function fill(table: Sentences, said: { code: string } & Record<string, string | number>): string {
  const template = table[said.code] ?? "";
  return template.replace(new RegExp(HOLE, "g"), (hole, name: string) => String(said[name] ?? hole));
}

interface Form {
  code: string;
  /** What stands before, between and after the holes. */
  fixed: string[];
  names: string[];
  /** How much of it is fixed: of two that fit, the one that says more is meant. */
  weight: number;
}

const forms = new WeakMap<Sentences, Form[]>();

function formsOf(table: Sentences): Form[] {
  const known = forms.get(table);
  if (known) return known;
  const made = Object.entries(table).map(([code, template]): Form => {
    const parts = template.split(HOLE);
    const fixed = parts.filter((_, at) => at % 2 === 0);
    return { code, fixed, names: parts.filter((_, at) => at % 2 === 1), weight: fixed.join("").length };
  });
  made.sort((a, b) => b.weight - a.weight);
  forms.set(table, made);
  return made;
}

/** The code of one of the table's own sentences, and its parts by their names; undefined for any other text. Linear in the text. */
export function known<Table extends Sentences>(
  table: Table,
  text: string,
): { code: keyof Table & string; parts: Record<string, string> } | undefined {
  for (const { code, fixed, names } of formsOf(table)) {
    const parts = partsOf(text, fixed, names);
    if (parts) return { code, parts };
  }
  return undefined;
}

function partsOf(text: string, fixed: readonly string[], names: readonly string[]): Record<string, string> | undefined {
  const [first = "", ...rest] = fixed;
  if (rest.length === 0) return text === first ? {} : undefined;
  const last = rest.at(-1) ?? "";
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return undefined;
  const parts: Record<string, string> = {};
  let at = first.length;
  for (const [i, name] of names.entries()) {
    const next = i === names.length - 1 ? end : text.indexOf(rest[i] ?? "", at);
    if (next < at || next > end) return undefined;
    parts[name] = text.slice(at, next);
    at = next + (rest[i]?.length ?? 0);
  }
  return parts;
}

/**
 * A text of one of the tables with each part put through `part`, our own words as they are; undefined where it is of none.
 * A part that is called "why" may be such a sentence itself.
 */
export function withParts(
  tables: readonly Sentences[],
  text: string,
  part: (text: string) => string,
): string | undefined {
  for (const table of tables) {
    const found = known(table, text);
    if (!found) continue;
    const parts = Object.entries(found.parts).map(([name, value]) => [
      name,
      (name === "why" ? withParts(tables, value, part) : undefined) ?? part(value),
    ]);
    return fill(table, { ...Object.fromEntries(parts), code: found.code });
  }
  return undefined;
}

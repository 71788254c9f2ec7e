/**
 * A shape says what a value may be and what becomes of its texts when a recording is redacted: one description, of which
 * the zod schema and the redaction (src-main/recordings/redact.ts) are made. Each text is redacted or kept by decision:
 * there is no text without one, and the compiler asks for a shape of each field of model.ts.
 */
import { z } from "zod";
import type { Sentences } from "../sentences.ts";

export type Shape =
  | { is: "number"; whole: boolean }
  | { is: "flag" }
  /** `kept`: what stays, as the kernel's word or ours; all other texts are redacted. `only`: there are no others.
   * `numbered`: a number at its start stays. `said`: a sentence of one of these tables, whose parts alone are redacted. */
  | { is: "text"; kept?: RegExp; only?: true; numbered?: true; said?: readonly Sentences[] }
  | { is: "word"; words: readonly (string | number)[] }
  | { is: "time" }
  | { is: "list"; of: Shape }
  /** `keys`: how their names are redacted: "files" those of a group, "sysctls" beside their numbers. */
  | { is: "map"; of: Shape; keys: "redacted" | "files" | "sysctls" }
  | { is: "object"; fields: Readonly<Record<string, Shape>> }
  /** Any JSON; of its names those stay that are listed. */
  | { is: "json"; names: ReadonlySet<string> }
  /** One of several objects, told apart by its code. */
  | { is: "variants"; of: Readonly<Record<string, Shape>> }
  | { is: "null-or"; of: Shape }
  | { is: "maybe"; of: Shape };

type Maybe = Extract<Shape, { is: "maybe" }>;
/** A shape for each field, and one that may be missing just where the field may be. */
export type Fields<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? Maybe : Exclude<Shape, Maybe> };

export const whole = { is: "number", whole: true } as const;
export const number = { is: "number", whole: false } as const;
export const flag = { is: "flag" } as const;
export const time = { is: "time" } as const;
/** A text that somebody chose: it is redacted. */
export const redacted = { is: "text" } as const;
export const kept = (pattern: RegExp) => ({ is: "text", kept: pattern }) as const;
/** A text that is taken apart as what it must be. */
export const only = (pattern: RegExp) => ({ is: "text", kept: pattern, only: true }) as const;
/** A sentence of ours: its parts are redacted, and all of it where it is none of these. */
export const said = (...tables: Sentences[]) => ({ is: "text", said: tables }) as const;
export const numbered = { is: "text", numbered: true } as const;
export const word = (...words: readonly (string | number)[]) => ({ is: "word", words }) as const;
export const list = <S extends Shape>(of: S) => ({ is: "list", of }) as const;
export const map = (of: Shape, keys: "redacted" | "files" | "sysctls" = "redacted") =>
  ({ is: "map", of, keys }) as const;
export const maybe = (of: Exclude<Shape, Maybe>): Maybe => ({ is: "maybe", of });
export const nullOr = (of: Shape) => ({ is: "null-or", of }) as const;
export const object = <T>(fields: Fields<T>) => ({ is: "object", fields: fields as Record<string, Shape> }) as const;

/** For a union of objects that each have a code of their own. */
export const variants = <T extends { code: string }>(
  of: {
    [C in T["code"]]: Omit<Fields<Extract<T, { code: C }>>, "code">;
  },
) =>
  ({
    is: "variants",
    of: Object.fromEntries(
      Object.entries(of as Record<string, Record<string, Shape>>).map(([code, fields]) => [
        code,
        { is: "object", fields: { code: word(code), ...fields } } as const,
      ]),
    ),
  }) as const;

const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text)) && text.length < 64;

/** Fields that are not known pass: a newer Podglass may have written them. */
export function zodOf(shape: Shape): z.ZodType {
  switch (shape.is) {
    case "number":
      return shape.whole ? z.int().nonnegative() : z.number();
    case "flag":
      return z.boolean();
    case "text":
      return shape.only && shape.kept ? z.string().regex(shape.kept) : z.string();
    case "word":
      return z.literal([...shape.words]);
    case "time":
      return z.string().refine(isTime, "is not a time");
    case "list":
      return z.array(zodOf(shape.of));
    case "map":
      return z.record(z.string(), zodOf(shape.of));
    case "object":
      return z.looseObject(Object.fromEntries(Object.entries(shape.fields).map(([name, of]) => [name, zodOf(of)])));
    case "json":
      return z.looseObject({});
    case "variants":
      return z.union(Object.values(shape.of).map(zodOf));
    case "null-or":
      return zodOf(shape.of).nullable();
    case "maybe":
      return zodOf(shape.of).optional();
  }
}

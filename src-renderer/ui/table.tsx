/** What tables have alike: the names of columns, and rows of a name with its value. */
import type { ReactNode } from "react";

interface Column {
  words: string;
  /** It has numbers. */
  numbers?: true;
  title?: string;
}

export function Head({ of }: { of: readonly (string | Column)[] }) {
  return (
    <thead>
      <tr>
        {of.map((one) => {
          const { words, numbers, title }: Column = typeof one === "string" ? { words: one } : one;
          return (
            <th key={words} scope="col" className={numbers && "num"} title={title}>
              {words}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface FactProps {
  of: ReactNode;
  /** Who set it, or what it is of. */
  by?: string | false;
  mood?: "warn" | "bad" | false;
  children: ReactNode;
}

export const Fact = ({ of, by, mood = false, children }: FactProps) => (
  <tr>
    <th scope="row">{of}</th>
    <td className={mood ? `num ${mood}` : "num"}>
      {children}
      {by && <span className="by">{by}</span>}
    </td>
  </tr>
);

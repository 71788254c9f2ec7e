import MarkdownIt from "markdown-it";
import { Fragment, type ReactNode } from "react";
import { inert } from "../../../src-shared/format.ts";
import { nodeValue, PLACEHOLDER } from "../../../src-shared/lessons/values.ts";
import type { Snapshot } from "../../../src-shared/model.ts";

const markdown = new MarkdownIt("zero", { html: false, linkify: false }).enable([
  "emphasis",
  "backticks",
  "list",
  "fence",
  "newline",
  "escape",
]);

type Token = ReturnType<typeof markdown.parse>[number];

/** Text with the node's values in place of {placeholders}. They come from the node: shown as text, never as markup. */
function withValues(text: string, snapshot: Snapshot | undefined): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    parts.push(text.slice(from, match.index));
    const value = snapshot && nodeValue(snapshot, match[1] ?? "");
    parts.push(
      <b key={match.index} className="les-value" title={match[1]}>
        {value === undefined ? "…" : inert(value, 200)}
      </b>,
    );
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

const WRAP: Record<string, string> = {
  paragraph: "p",
  bullet_list: "ul",
  ordered_list: "ol",
  list_item: "li",
  strong: "strong",
  em: "em",
};

/** A step's Markdown as elements: no HTML string is ever made of it. */
export function Words({ text, snapshot }: { text: string; snapshot: Snapshot | undefined }) {
  return <div className="les-words">{elements(markdown.parse(text, {}), snapshot)}</div>;
}

function elements(tokens: readonly Token[], snapshot: Snapshot | undefined): ReactNode[] {
  const out: ReactNode[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) continue;
    if (token.type === "inline") out.push(<Fragment key={at}>{elements(token.children ?? [], snapshot)}</Fragment>);
    else if (token.type === "text") out.push(<Fragment key={at}>{withValues(token.content, snapshot)}</Fragment>);
    else if (token.type === "code_inline") out.push(<code key={at}>{withValues(token.content, snapshot)}</code>);
    else if (token.type === "fence") out.push(<pre key={at}>{withValues(token.content, snapshot)}</pre>);
    else if (token.type === "softbreak" || token.type === "hardbreak") out.push(" ");
    else if (token.nesting === 1) {
      const end = closing(tokens, at);
      const Tag = (WRAP[token.type.replace(/_open$/, "")] ?? "span") as "span";
      out.push(<Tag key={at}>{elements(tokens.slice(at + 1, end), snapshot)}</Tag>);
      at = end;
    }
  }
  return out;
}

function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    depth += tokens[at]?.nesting ?? 0;
    if (depth === 0) return at;
  }
  return tokens.length;
}

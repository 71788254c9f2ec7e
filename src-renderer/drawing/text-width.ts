const NARROW = /[iljtfr.,:;'|!()[\] ]/;
const WIDE = /[mwMW@%—…]/;

/** About how wide a text is in px at a font size; a little too wide rather than too narrow, as no screen is needed. */
export function textWidth(text: string, size: number, mono = false): number {
  if (mono) return text.length * size * 0.61;
  let ems = 0;
  for (const character of text)
    ems += NARROW.test(character) ? 0.36 : WIDE.test(character) ? 0.92 : /[A-Z]/.test(character) ? 0.72 : 0.6;
  return ems * size;
}

/** The text, or its beginning (for paths: its end) with "…", so that it is no wider than `width` px. */
export function clip(text: string, width: number, size: number, mono = false, keepEnd = false): string {
  if (textWidth(text, size, mono) <= width) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size, mono) > width)
    if (keepEnd) characters.shift();
    else characters.pop();
  return keepEnd ? `…${characters.join("")}` : `${characters.join("")}…`;
}

import { isText, useSettings } from "../state/settings.ts";

export const THEMES = ["system", "light", "dark"] as const;
export const SIZES = ["small", "normal", "large", "largest"] as const;
export type TextSize = (typeof SIZES)[number];
/** Of the usual size; all that is measured in rem grows with it. */
const SCALES: Record<TextSize, number> = { small: 0.9, normal: 1, large: 1.15, largest: 1.3 };

const more = matchMedia("(prefers-contrast: more)");

const isSize = (value: unknown): value is TextSize => SIZES.includes(value as TextSize);

function apply(): void {
  const { theme, contrast, textSize } = useSettings.getState().values;
  const root = document.documentElement;
  const scale = String(isSize(textSize) ? SCALES[textSize] : 1);
  if ((root.style.getPropertyValue("--scale") || "1") !== scale) {
    root.style.setProperty("--scale", scale);
    // Who counts in rem listens for a change of the window's size.
    dispatchEvent(new Event("resize"));
  }
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  const sharp =
    contrast === "more" ||
    (contrast !== "normal" && isText(contrast) === false && more.matches) ||
    (contrast === "system" && more.matches);
  if (sharp) root.dataset.contrast = "hc";
  else delete root.dataset.contrast;
}

/** Keeps :root's data-theme and data-contrast as the person's settings and the system ask. */
export function followTheme(): void {
  apply();
  useSettings.subscribe(apply);
  more.addEventListener("change", apply);
}

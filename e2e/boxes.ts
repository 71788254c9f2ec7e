/** Measures where words stand on a page: none on another, none cut off without a sign, none where nobody can scroll to. */
import { expect, type Page } from "@playwright/test";

async function faultsOfBoxes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    interface Word {
      text: string;
      element: Element;
      left: number;
      top: number;
      right: number;
      bottom: number;
    }
    const faults = new Set<string>();
    const nameOf = (element: Element) => {
      const path: string[] = [];
      for (let at: Element | null = element; at !== null && path.length < 3; at = at.parentElement)
        path.unshift(
          `${at.tagName.toLowerCase()}${at.className && typeof at.className === "string" ? `.${at.className.trim().replace(/\s+/g, ".")}` : ""}`,
        );
      return path.join(" > ");
    };
    const scrolls = (value: string) => value === "auto" || value === "scroll";
    // The window's own page does not scroll; a report does, up and down.
    const pageScrolls = [document.documentElement, document.body].every(
      (element) => getComputedStyle(element).overflowY !== "hidden",
    );
    const words: Word[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.nodeValue ?? "").trim();
      const element = node.parentElement;
      if (
        text === "" ||
        element === null ||
        element.closest(".hidden-words, svg, canvas, script, style, .skip, .notices, datalist, [hidden], option") !==
          null
      )
        continue;
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }))
        continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        if (rect.width < 1 || rect.height < 1) continue;
        // What of it is seen, and whether what is not can be scrolled to or is marked by an ellipsis.
        let box = {
          left: rect.left,
          top: rect.top + rect.height * 0.18,
          right: rect.right,
          bottom: rect.bottom - rect.height * 0.18,
        };
        let excused = false;
        let fixed = false;
        let hidden = false;
        for (let at: Element | null = element; at !== null && !fixed; at = at.parentElement) {
          const style = getComputedStyle(at);
          // For a screen reader alone, ours and cmdk's.
          if (style.clipPath === "inset(50%)" || style.clip === "rect(0px, 0px, 0px, 0px)") hidden = true;
          if (hidden) break;
          const bounds = at.getBoundingClientRect();
          const ellipsis = style.textOverflow === "ellipsis" && style.overflowX !== "visible";
          if (style.display !== "inline" && style.display !== "contents") {
            if (style.overflowX !== "visible") {
              const clipped = Math.max(bounds.left - box.left, box.right - bounds.right);
              if (clipped > 2 && !excused && !ellipsis && !scrolls(style.overflowX))
                faults.add(`cut off sideways by ${Math.round(clipped)} px: "${text.slice(0, 40)}" in ${nameOf(at)}`);
              if (ellipsis || scrolls(style.overflowX)) excused = true;
              box = { ...box, left: Math.max(box.left, bounds.left), right: Math.min(box.right, bounds.right) };
            }
            if (style.overflowY !== "visible") {
              const clipped = Math.max(bounds.top - box.top, box.bottom - bounds.bottom);
              if (
                clipped > 2 &&
                !excused &&
                style.overflowY !== "auto" &&
                style.overflowY !== "scroll" &&
                style.webkitLineClamp === "none"
              )
                faults.add(`cut off in height by ${Math.round(clipped)} px: "${text.slice(0, 40)}" in ${nameOf(at)}`);
              if (scrolls(style.overflowY) || style.webkitLineClamp !== "none") excused = true;
              box = { ...box, top: Math.max(box.top, bounds.top), bottom: Math.min(box.bottom, bounds.bottom) };
            }
          }
          fixed = style.position === "fixed";
        }
        if (hidden) continue;
        const below = !pageScrolls && (box.bottom > innerHeight + 2 || box.top < -2);
        if (!excused && (box.right > innerWidth + 2 || box.left < -2 || below))
          faults.add(`out of the window: "${text.slice(0, 40)}" in ${nameOf(element)}`);
        if (box.right - box.left > 2 && box.bottom - box.top > 2) words.push({ text, element, ...box });
      }
    }
    const layers = (element: Element) => element.closest("dialog, thead, .cg-head, .menu, [data-layer]");
    for (let i = 0; i < words.length; i += 1)
      for (let j = i + 1; j < words.length; j += 1) {
        const [a, b] = [words[i]!, words[j]!];
        if (a.element === b.element || layers(a.element) !== layers(b.element)) continue;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 2 && down > 2)
          faults.add(
            `"${a.text.slice(0, 30)}" (${nameOf(a.element)}) lies on "${b.text.slice(0, 30)}" (${nameOf(b.element)})`,
          );
      }
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      const bar = scrolls(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
      if (bar && element.clientWidth > 0 && style.scrollbarWidth !== "none" && element.checkVisibility())
        faults.add(`a horizontal bar (${element.scrollWidth} in ${element.clientWidth} px): ${nameOf(element)}`);
    }
    return [...faults];
  });
}

/** @param restMs what is waited first (ms); what lies above a page glides nowhere */
export async function expectBoxes(page: Page, what: string, restMs = 400): Promise<void> {
  // Bars glide for 180 ms, and a list is measured after it was drawn: what a busy machine draws late is no fault, what stays is.
  await page.waitForTimeout(restMs);
  await expect.poll(() => faultsOfBoxes(page), { message: what, timeout: 5000 }).toEqual([]);
}

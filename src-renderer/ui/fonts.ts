/** The app's own faces: Inter for words, JetBrains Mono for what one would paste. Both are under the SIL Open Font License. */
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";

const LONGEST_WAIT_MS = 500;

/** Waits for the faces, as a canvas measures and draws once; what is late is drawn in the system's own. Never throws. */
export async function loadFonts(): Promise<void> {
  const faces = ["400 1em 'Inter Variable'", "600 1em 'Inter Variable'", "400 1em 'JetBrains Mono Variable'"];
  const late = new Promise<void>((done) => setTimeout(done, LONGEST_WAIT_MS));
  await Promise.race([Promise.allSettled(faces.map((face) => document.fonts.load(face))), late]);
}

/** What a browser page does where the desktop has file dialogs. */

/** Most that a page sends along (bytes). */
const MOST = 64 * 1024 * 1024;

const TYPES = {
  svg: "image/svg+xml",
  png: "image/png",
  json: "application/json",
  csv: "text/csv",
  html: "text/html",
  recording: "application/octet-stream",
};

/** Saves as a download. */
export function download(file: { name: string; kind: keyof typeof TYPES; base64: string }): boolean {
  const bytes = Uint8Array.from(atob(file.base64), (char) => char.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: TYPES[file.kind] }));
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

/** Lets the person choose a file; null when they did not. Throws where it is too large to send. */
export async function chooseFile(): Promise<{ name: string; base64: string } | null> {
  const input = document.createElement("input");
  input.type = "file";
  const file = await new Promise<File | null>((resolve) => {
    input.addEventListener("change", () => resolve(input.files?.[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
  if (file === null) return null;
  if (file.size > MOST)
    throw new Error(`${file.name} is larger than 64 MB; open it with podglass on the command line.`);
  return { name: file.name, base64: await base64(file) };
}

function base64(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => reject(new Error(`${file.name} could not be read.`)));
    reader.readAsDataURL(file);
  });
}

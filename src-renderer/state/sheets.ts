import { create } from "zustand";

/** What lies over the window and can be called from anywhere: the palette, and the sheet of keys and signs. */
type Sheet = "palette" | "help";

export const useSheet = create<{ open: Sheet | undefined }>(() => ({ open: undefined }));
export const openPalette = (): void => useSheet.setState({ open: "palette" });
export const openHelp = (): void => useSheet.setState({ open: "help" });
export const closeSheet = (): void => useSheet.setState({ open: undefined });

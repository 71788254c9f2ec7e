import type { ReactNode } from "react";
import { ByHand } from "./by-hand.tsx";

/** One screen: its content, and the by-hand strip that never scrolls away. */
export function Page({ label, byHand, children }: { label: string; byHand?: readonly string[]; children: ReactNode }) {
  return (
    <>
      <main className="page-body" id="main" tabIndex={-1} aria-label={label}>
        {children}
      </main>
      {byHand && byHand.length > 0 && <ByHand commands={byHand} />}
    </>
  );
}

import type { ReactNode } from "react";
import { ByHand } from "./by-hand.tsx";

/** One screen: its content, and the by-hand strip that never scrolls away. */
export function Page({ label, byHand, children }: { label: string; byHand?: readonly string[]; children: ReactNode }) {
  return (
    <>
      <section className="page-body" aria-label={label}>
        {children}
      </section>
      {byHand && byHand.length > 0 && <ByHand commands={byHand} />}
    </>
  );
}

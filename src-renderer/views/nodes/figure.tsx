/** How to read the picture. */
export function Figure() {
  return (
    <aside className="wel-r" aria-label="How to read the picture">
      <p className="cap">
        <b>How to read it.</b> A row is a container, a rail is a namespace. Rails that run through are shared. Above
        them stands what holds them: pause, or a pin. Dashed rails reach down to the node's own.
      </p>
    </aside>
  );
}

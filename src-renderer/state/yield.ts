/** Gives the thread away and comes back in a task of its own: what waits to be drawn or answered comes first. */
export const yieldToEventLoop = (): Promise<void> =>
  new Promise((go) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port1.close();
      go();
    };
    port1.postMessage(null);
  });

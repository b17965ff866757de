/** Runs steps one after the other, in the order they were asked for; one that fails does not keep the next from running. */
export class OneAtATime {
  #turn: Promise<unknown> = Promise.resolve();

  run<Value>(step: () => Promise<Value>): Promise<Value> {
    const mine = this.#turn.then(step);
    this.#turn = mine.catch(() => undefined); // the failure is the caller’s
    return mine;
  }
}

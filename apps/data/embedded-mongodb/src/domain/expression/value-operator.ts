/** A function of evaluated arguments; named arguments come as one document. */
export interface ValueOperator {
  min: number;
  max: number;
  run: (args: unknown[]) => unknown;
}

export const unary = (run: (value: unknown) => unknown): ValueOperator => ({
  min: 1,
  max: 1,
  run: ([value]) => run(value),
});

export const binary = (run: (a: unknown, b: unknown) => unknown): ValueOperator => ({
  min: 2,
  max: 2,
  run: ([a, b]) => run(a, b),
});

export const variadic = (run: (args: unknown[]) => unknown, min = 0, max = 1000): ValueOperator => ({
  min,
  max,
  run,
});

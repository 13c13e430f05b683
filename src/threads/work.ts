// Work that is cut into parts, which any thread can do apart from the others.

/** Does one part; yields the bytes read, now and then, and returns what it found. */
export type Part<Result> = () => Generator<number, Result, void>;

/** The same parts whenever asked for the same work: threads need only tell each other their numbers. */
export type Work<Result> = () => Iterable<Part<Result>>;

/** Those parts that no other thread has taken, with their numbers. `taken` is shared by all threads, and 0 at first. */
export function* claimParts<Result>(
  work: Work<Result>,
  taken: Int32Array,
): Generator<{ readonly number: number; readonly part: Part<Result> }, void> {
  let number = 0;
  let mine = Atomics.add(taken, 0, 1);
  for (const part of work()) {
    if (number === mine) {
      yield { number, part };
      mine = Atomics.add(taken, 0, 1);
    }
    number++;
  }
}

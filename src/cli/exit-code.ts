/** What the process returns (design of the command line; `docs/errors.md` lists the errors behind 1 and 3 to 130). */
export const EXIT = {
  done: 0,
  error: 1,
  changesPending: 2,
  appliedInPart: 3,
  conflicts: 4,
  stalePlan: 5,
  refused: 6,
  usage: 64,
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

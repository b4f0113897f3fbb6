const FIRST_MS = 1_000
const LONGEST_MS = 300_000

/** Milliseconds to wait after that many failures in a row: 1 s after the first, doubled up to five minutes. Pure. */
export function retryPause(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS)
}

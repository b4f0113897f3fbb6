import type { Command } from './time-process.ts'
import { type Timing, timeProcess } from './time-process.ts'

/** One of those that are compared. */
export type Contender = {
  readonly name: string
  readonly runs: number
  /** What comes before a run and is not measured. */
  readonly prepare: () => Promise<Command>
  /** Throws when the run did not do what it was to do. */
  readonly check: (timing: Timing) => void
}

export type Measured = {
  readonly name: string
  /** Seconds. */
  readonly median: number
  /** Seconds, in the order of the runs. */
  readonly runs: readonly number[]
}

/**
 * Measures contenders in turns, so that whatever else the machine does meets all of them; who goes first changes from
 * round to round. SIDE EFFECTS: those of the commands.
 */
export async function takeTurns(
  contenders: readonly Contender[],
  say: (text: string) => void,
): Promise<readonly Measured[]> {
  const runs = contenders.map((): number[] => [])
  const rounds = Math.max(...contenders.map((contender) => contender.runs))
  for (let round = 0; round < rounds; round += 1) {
    const order = [...contenders.entries()].filter(([, contender]) => contender.runs > round)
    for (const [i, contender] of round % 2 === 0 ? order : order.reverse()) {
      const timing = await timeProcess(await contender.prepare())
      contender.check(timing)
      runs[i]?.push(timing.seconds)
    }
  }
  return contenders.map(({ name }, i) => {
    const seconds = runs[i] ?? []
    const measured = { name, median: median(seconds), runs: seconds }
    say(`${name}: ${measured.median.toFixed(3)} s`)
    return measured
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}

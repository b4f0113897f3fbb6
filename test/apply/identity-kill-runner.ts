/**
 * Runs the identity step of `identity-kill.test.ts` once and kills itself where it is told to:
 * `node identity-kill-runner.ts JSON`. Prints one line of JSON: `{"writes": n, "result": "created"}`.
 * SIDE EFFECTS: those of the step, and the journal.
 */
import { join } from 'node:path'
import process from 'node:process'
import type { StepResult } from '../../src/apply/results.ts'
import { runIdentityStep } from '../../src/apply/run-identity-step.ts'
import { IDENTITY_PLACE } from '../../src/cluster/read-registration-inputs.ts'
import { type JournalFile, openJournal } from '../../src/journal/file-journal.ts'
import { registrationOf } from '../../src/plan/with-registration.ts'
import { identityStep, registrationsOf } from './identity-contract.ts'
import type { KillPhase } from './kill-runner.ts'
import { connectFile } from './workspace.ts'

export const NETWORK = 'base-sepolia'
export const AGENT_ID = '42'

export type IdentityRunnerInput = {
  /** Holds `kubeconfig.yaml` and the state. */
  readonly folder: string
  /** The journal write to die at, counted from 1. */
  readonly kill?: { readonly write: number; readonly phase: KillPhase }
}

/** Reads the cluster, makes the step a plan would have, and carries it out. SIDE EFFECTS: those of the step. */
export async function runOnce(
  folder: string,
  run: string,
  through?: (file: JournalFile) => JournalFile,
): Promise<StepResult> {
  const cluster = await connectFile(join(folder, 'kubeconfig.yaml'))
  const journal = await openJournal(join(folder, 'state'), () => new Date().toISOString(), through)
  try {
    const live = await cluster.get(IDENTITY_PLACE, 'default')
    const before = registrationOf(registrationsOf(live), NETWORK)
    const step = identityStep({ network: NETWORK, ...(before === undefined ? {} : { before }) })
    await journal.append({ type: 'run-started', run, steps: 1 })
    const result = await runIdentityStep(step, AGENT_ID, { ports: { cluster, journal }, run })
    await journal.append({ type: 'run-finished', run, applied: 1, failed: 0 })
    return result
  } finally {
    await journal.close()
    await cluster.close()
  }
}

async function main({ folder, kill }: IdentityRunnerInput): Promise<void> {
  let writes = 0
  const dieAt = (phase: KillPhase): void => {
    if (kill?.write !== writes || kill.phase !== phase) return
    process.kill(process.pid, 'SIGKILL')
    // Nothing after this point may run, should the signal take a moment.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  }
  const through = (file: JournalFile): JournalFile => ({
    close: () => file.close(),
    appendFile: async (data) => {
      writes += 1
      dieAt('before')
      const text = String(data)
      if (kill?.write === writes && kill.phase === 'half') await file.appendFile(text.slice(0, text.length / 2))
      dieAt('half')
      await file.appendFile(data)
      dieAt('written')
    },
    datasync: async () => {
      await file.datasync()
      dieAt('synced')
    },
  })
  const { result } = await runOnce(folder, `run-${process.pid}`, through)
  process.stdout.write(`${JSON.stringify({ writes, result })}\n`)
}

const [, script, input] = process.argv
if (script === import.meta.filename && input !== undefined) await main(JSON.parse(input))

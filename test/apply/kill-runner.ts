/**
 * Applies the workspace of `kill.test.ts` once and kills itself where it is told to: `node kill-runner.ts JSON`.
 * Prints one line of JSON: `{"writes": n}`, how often the journal was written, or `{"code": "OBOL-…"}`.
 * SIDE EFFECTS: those of an apply.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { ObolError } from '../../src/errors/obol-error.ts'
import type { JournalFile } from '../../src/journal/file-journal.ts'
import { applyWorkspace, connectFile, planWorkspace } from './workspace.ts'

/** Where in a journal write: before it, with half of its bytes written, written but not synced, synced. */
export type KillPhase = 'before' | 'half' | 'written' | 'synced'

export type RunnerInput = {
  /** Holds `desired.json`, `kubeconfig.yaml` and the state. */
  readonly folder: string
  readonly concurrency: number
  /** The journal write to die at, counted from 1. */
  readonly kill?: { readonly write: number; readonly phase: KillPhase }
}

async function main(input: RunnerInput): Promise<void> {
  const { folder, concurrency, kill } = input
  const desired = JSON.parse(readFileSync(join(folder, 'desired.json'), 'utf8'))
  const cluster = await connectFile(join(folder, 'kubeconfig.yaml'))
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
      if (kill?.write === writes && kill.phase === 'half') {
        const text = String(data)
        await file.appendFile(text.slice(0, text.length / 2))
        dieAt('half')
      }
      await file.appendFile(data)
      dieAt('written')
    },
    datasync: async () => {
      await file.datasync()
      dieAt('synced')
    },
  })
  try {
    const plan = () => planWorkspace(cluster, desired, { prune: { maxCount: 3, maxPercent: 10 } })
    const options = { stateFolder: join(folder, 'state'), concurrency, through, run: `run-${process.pid}` }
    const { result } = await applyWorkspace(cluster, desired, plan, options)
    process.stdout.write(`${JSON.stringify({ writes, steps: result.steps.map((step) => step.result) })}\n`)
  } catch (error) {
    if (!(error instanceof ObolError)) throw error
    process.stdout.write(`${JSON.stringify({ code: error.code })}\n`)
  } finally {
    await cluster.close()
  }
}

await main(JSON.parse(process.argv[2] ?? '{}'))

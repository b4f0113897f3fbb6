import process from 'node:process'
import type { JournalFile } from '../../src/journal/file-journal.ts'

/** Where in a journal write a process dies: before it, with half of its bytes written, written but not synced, synced. */
export const JOURNAL_PHASES = ['before', 'half', 'written', 'synced'] as const

/** The journal write to die at, counted from 1. */
export type JournalDeath = { readonly write: number; readonly phase: (typeof JOURNAL_PHASES)[number] }

export type DyingFile = {
  readonly through: (file: JournalFile) => JournalFile
  /** How often the file was written so far. */
  readonly writes: () => number
}

/** A journal file that ends this process with SIGKILL where it is told to. SIDE EFFECTS: may end this process. */
export function dyingFile(kill: JournalDeath | undefined): DyingFile {
  let writes = 0
  const dieAt = (phase: JournalDeath['phase']): void => {
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
  return { through, writes: () => writes }
}

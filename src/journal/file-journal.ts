import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { shellWord } from '../util/shell-word.ts'
import { JOURNAL_VERSION, type JournalEvent } from './journal-events.ts'

/** Where events go before anything else happens. */
export type Journal = {
  /** SIDE EFFECTS: resolves once the record is on disk. Rejects with OBOL-A003 when it cannot be written. */
  append(event: JournalEvent): Promise<void>
  close(): Promise<void>
}

/** What the journal asks of its file; a test puts a faulty one in between. */
export type JournalFile = Pick<FileHandle, 'appendFile' | 'datasync' | 'close'>

/** The name of the journal below the workspace's state folder. */
export const JOURNAL_FILE = 'journal.jsonl'

/**
 * Opens the append-only journal of a workspace. Records appended at the same time share one write and one fsync, so
 * that a thousand steps do not cost two thousand disk flushes; each still waits until its own record is on disk.
 * A record that an earlier kill tore is closed off with a newline first.
 */
export async function openJournal(
  stateFolder: string,
  now: () => string,
  through: (file: JournalFile) => JournalFile = (file) => file,
): Promise<Journal> {
  const path = join(stateFolder, JOURNAL_FILE)
  const file = await guard(path, async () => {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 })
    const handle = await open(path, 'a+', 0o600)
    if (await endsTorn(handle)) await handle.appendFile('\n')
    await syncFolder(stateFolder)
    return handle
  })
  return new FileJournal(through(file), path, now)
}

/** A new file is found after a crash only when its folder is on disk too. Not every system can sync a folder. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

async function endsTorn(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const last = Buffer.alloc(1)
  await file.read(last, 0, 1, size - 1)
  return last[0] !== 0x0a
}

class FileJournal implements Journal {
  readonly #file: JournalFile
  readonly #path: string
  readonly #now: () => string
  #waiting: string[] = []
  /** The flush that will carry the records now waiting. */
  #next: Promise<void> | undefined
  #running: Promise<void> = Promise.resolve()
  /** A failed write may have left half a record, which would swallow the next one. */
  #torn = false

  constructor(file: JournalFile, path: string, now: () => string) {
    this.#file = file
    this.#path = path
    this.#now = now
  }

  append(event: JournalEvent): Promise<void> {
    this.#waiting.push(`${JSON.stringify({ v: JOURNAL_VERSION, at: this.#now(), ...event })}\n`)
    if (this.#next === undefined) {
      const flushed = this.#running.then(() => this.#flush())
      this.#next = flushed
      // A failed flush is reported to whoever waits for it; the next one starts all the same.
      this.#running = flushed.catch(() => undefined)
    }
    return this.#next
  }

  async #flush(): Promise<void> {
    const text = `${this.#torn ? '\n' : ''}${this.#waiting.join('')}`
    this.#waiting = []
    this.#next = undefined
    this.#torn = true
    await guard(this.#path, async () => {
      await this.#file.appendFile(text)
      await this.#file.datasync()
    })
    this.#torn = false
  }

  async close(): Promise<void> {
    await this.#running
    await this.#file.close()
  }
}

async function guard<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    const folder = shellWord(dirname(path))
    throw new ObolError(APPLY_ERRORS.STATE_UNWRITABLE, {
      message: `the journal cannot be written (${code})`,
      where: { file: path },
      hint: `df -h ${folder} && ls -ld ${folder}`,
      cause,
    })
  }
}

import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'
import { shellWord } from '../util/shell-word.ts'

/** A held lock. */
export type Lock = {
  /** SIDE EFFECTS: removes the lock's files. */
  release(): Promise<void>
}

export type LockOptions = {
  readonly pid: number
  /** RFC 3339. */
  readonly since: string
  /** Whether a process of this host exists; wrongly true is safe, wrongly false is not. */
  readonly isRunning: (pid: number) => boolean
}

type Holder = { readonly pid: number; readonly host: string; readonly since: string; readonly started: string }
type Rival = { readonly id: string; readonly holds: boolean; readonly holder: Holder | undefined }

/** The name of the folder below the state folder. */
const LOCK_FOLDER = 'locks'
const PAUSE_MS = 5
/** Two seconds: a rival that neither holds nor gives way in that time is stuck. */
const MAX_PAUSES = 400

/**
 * Takes the workspace's lock, so that two applies do not interleave. Throws OBOL-A001 when another process holds it or
 * was first to want it, OBOL-A003 when the folder cannot be written.
 *
 * Each process has files of its own in `locks/`: a ticket that says who wants the lock, beside it a mark once it has it.
 * Whoever sees nobody else's ticket after having put up its own may mark it, since of two at least one sees the other;
 * where both do, the lower name waits for the higher one to give way. A dead process's files are removed by their names,
 * which no living process has, so a takeover never takes a lock from somebody who just got it.
 * SIDE EFFECTS: creates files in the state folder, removes those of dead processes.
 */
export async function takeLock(stateFolder: string, options: LockOptions): Promise<Lock> {
  const folder = join(stateFolder, LOCK_FOLDER)
  const { pid, since } = options
  const id = randomUUID()
  const mine: Holder = { pid, host: hostname(), since, started: await startOf(pid) }
  await writable(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    // A ticket is complete from the moment it has its name.
    await writeFile(draft(folder, id), JSON.stringify(mine), { mode: 0o600, flag: 'wx' })
    await rename(draft(folder, id), ticket(folder, id))
  })
  try {
    await outlast(folder, id, options)
    await writable(folder, () => writeFile(mark(folder, id), '', { mode: 0o600 }))
  } catch (error) {
    await removeFiles(folder, id)
    throw error
  }
  return { release: () => removeFiles(folder, id) }
}

/** Returns when nobody else has a ticket. */
async function outlast(folder: string, id: string, options: LockOptions): Promise<void> {
  for (let pauses = 0; ; pauses += 1) {
    const rivals = await rivalsOf(folder, id, options)
    if (rivals.length === 0) return
    const winner = rivals.find(({ holds }) => holds) ?? rivals.find((rival) => rival.id < id)
    if (winner !== undefined) throw held(folder, winner.holder)
    if (pauses === MAX_PAUSES) throw held(folder, rivals[0]?.holder)
    await delay(PAUSE_MS)
  }
}

/** The living ones; the files of dead processes are removed. */
async function rivalsOf(folder: string, id: string, options: LockOptions): Promise<readonly Rival[]> {
  const rivals: Rival[] = []
  for (const name of await readdir(folder)) {
    const rival = /^([0-9a-f-]{36})\.ticket$/.exec(name)?.[1]
    if (rival === undefined || rival === id) continue
    const holder = await readHolder(ticket(folder, rival))
    if (holder === 'gone') continue
    const isDead = holder === 'broken' || (holder !== undefined && !(await isAlive(holder, options)))
    if (isDead) await removeFiles(folder, rival)
    else rivals.push({ id: rival, holds: await exists(mark(folder, rival)), holder })
  }
  return rivals
}

const draft = (folder: string, id: string): string => join(folder, `${id}.draft`)
const ticket = (folder: string, id: string): string => join(folder, `${id}.ticket`)
const mark = (folder: string, id: string): string => join(folder, `${id}.held`)

async function removeFiles(folder: string, id: string): Promise<void> {
  await unlink(mark(folder, id)).catch(ignoreMissing)
  await unlink(ticket(folder, id)).catch(ignoreMissing)
}

async function exists(path: string): Promise<boolean> {
  return readFile(path).then(
    () => true,
    () => false,
  )
}

function held(folder: string, holder: Holder | undefined): ObolError {
  const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host} since ${holder.since})`
  return new ObolError(APPLY_ERRORS.LOCKED, { message: `${APPLY_ERRORS.LOCKED.title}${who}`, where: { file: folder } })
}

/**
 * `gone`: removed since the folder was read. `broken`: tickets are whole, so this is what a crash of the machine left.
 * Undefined: it may not be read, so it counts as somebody's who lives.
 */
async function readHolder(path: string): Promise<Holder | 'gone' | 'broken' | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'gone' : undefined
  }
  return parseHolder(text) ?? 'broken'
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    if (!isJsonObject(value)) return undefined
    const { pid, host, since, started } = value
    if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'string') return undefined
    return { pid, host, since, started: typeof started === 'string' ? started : '' }
  } catch {
    return undefined
  }
}

/** A process of another host cannot be looked at, so it counts as alive. */
async function isAlive(holder: Holder, options: LockOptions): Promise<boolean> {
  if (holder.host !== hostname()) return true
  if (!options.isRunning(holder.pid)) return false
  // The pid may belong to a new process by now: its start time tells.
  return holder.started === '' || holder.started === (await startOf(holder.pid))
}

/** When a process started, as Linux counts it; empty elsewhere. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

async function writable(path: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    const message = `the state folder cannot be written (${codeOf(cause) ?? 'unknown reason'})`
    const folder = shellWord(dirname(path))
    const hint = `df -h ${folder} && ls -ld ${folder}`
    throw new ObolError(APPLY_ERRORS.STATE_UNWRITABLE, { message, where: { file: path }, hint, cause })
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { APPLY_ERRORS } from '../errors/apply.ts'
import { ObolError } from '../errors/obol-error.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'

/** A held lock. */
export type Lock = {
  /** SIDE EFFECTS: removes the lock file. */
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

const ATTEMPTS = 3

/**
 * Takes the workspace's lock, so that two applies do not interleave. A lock whose process no longer exists is taken
 * over. Throws OBOL-A001 when it is held, OBOL-A003 when the folder cannot be written.
 * SIDE EFFECTS: creates `lock` in the state folder.
 */
export async function takeLock(stateFolder: string, options: LockOptions): Promise<Lock> {
  const path = join(stateFolder, 'lock')
  const mine = join(stateFolder, `lock.${options.pid}`)
  const holder: Holder = {
    pid: options.pid,
    host: hostname(),
    since: options.since,
    started: await startOf(options.pid),
  }
  await writable(path, async () => {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 })
    await writeFile(mine, JSON.stringify(holder), { mode: 0o600 })
  })
  try {
    await claim(path, mine, options)
  } finally {
    await unlink(mine)
  }
  return { release: () => unlink(path).catch(ignoreMissing) }
}

/** Linking fails when the name exists, so exactly one process gets it, and it is complete from the first moment. */
async function claim(path: string, mine: string, options: LockOptions): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await linked(mine, path)) return
    const holder = await readHolder(path)
    if (holder !== undefined && (await isAlive(holder, options))) throw held(path, holder)
    await setAside(path, `${mine}.stale`, holder)
  }
  throw held(path, await readHolder(path))
}

/** Moves a dead lock away; gives it back when another process took it over in between. */
async function setAside(path: string, aside: string, dead: Holder | undefined): Promise<void> {
  try {
    await rename(path, aside)
  } catch (error) {
    return ignoreMissing(error)
  }
  const moved = await readHolder(aside)
  if (moved !== undefined && (moved.pid !== dead?.pid || moved.since !== dead.since)) await linked(aside, path)
  await unlink(aside)
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new ObolError(APPLY_ERRORS.stateUnwritable, { where: { file: to }, cause: error })
  }
}

function held(path: string, holder: Holder | undefined): ObolError {
  const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host} since ${holder.since})`
  return new ObolError(APPLY_ERRORS.locked, { message: `${APPLY_ERRORS.locked.title}${who}`, where: { file: path } })
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const value: JsonValue = JSON.parse(await readFile(path, 'utf8'))
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
    const message = `The state folder cannot be written (${codeOf(cause) ?? 'unknown reason'})`
    throw new ObolError(APPLY_ERRORS.stateUnwritable, { message, where: { file: path }, cause })
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

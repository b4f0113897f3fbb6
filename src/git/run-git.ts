import { spawn } from 'node:child_process'
import { GIT_ERRORS } from '../errors/git.ts'
import { ObolError } from '../errors/obol-error.ts'

/** Where git runs, and for how long. */
export type GitPlace = {
  /** A folder of the work tree, absolute. */
  readonly folder: string
  /** The process's environment: PATH and HOME are of use; every GIT_ variable is left out. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

export type GitOutput = { readonly exitCode: number; readonly stdout: Buffer; readonly stderr: string }

const TIMEOUT_MS = 60_000
const MAX_STDOUT = 256 * 1024 * 1024
const MAX_STDERR = 16 * 1024

/** Whatever the user's configuration says: no hook, no monitor of the file system. */
const SETTINGS = ['core.hooksPath=/dev/null', 'core.fsmonitor=false'].flatMap((setting) => ['-c', setting])

/**
 * One git command that only reads, with `input` on its standard input. Rejects with OBOL-B001 without git, with OBOL-B010
 * after a minute, with OBOL-B009 after 256 MiB, and with the signal's reason when it aborts; any other end is told by the exit code.
 * SIDE EFFECTS: a child process. It opens no connection, asks nobody and takes no lock.
 */
export function runGit(args: readonly string[], { folder, env, signal }: GitPlace, input = ''): Promise<GitOutput> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['--no-pager', '--no-replace-objects', ...SETTINGS, ...args], {
      cwd: folder,
      env: cleared(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let failure: unknown
    const stop = (reason: unknown): void => {
      failure ??= reason
      child.kill('SIGKILL')
    }
    const interrupt = (): void => stop(signal.reason)
    signal.addEventListener('abort', interrupt, { once: true })
    const timer = setTimeout(() => stop(failed(`git ${args[0]} took more than a minute`)), TIMEOUT_MS)
    const stdout = collect(child.stdout, MAX_STDOUT, () => stop(new ObolError(GIT_ERRORS.BASE_TOO_LARGE)))
    const stderr = collect(child.stderr, MAX_STDERR, () => undefined)
    child.on('error', (cause) => {
      failure ??= new ObolError(GIT_ERRORS.GIT_MISSING, { cause })
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', interrupt)
      if (failure !== undefined) reject(failure)
      else
        resolve({ exitCode: code ?? 1, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') })
    })
    // git may end before it has read everything; its exit code says why.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

/** An error with git's own words, which name no secret: nothing is fetched. */
export function failed(message: string, stderr = ''): ObolError {
  const details = stderr.split('\n').filter((line) => line.trim() !== '')
  return new ObolError(GIT_ERRORS.GIT_FAILED, { message, details: details.slice(0, 5) })
}

function collect(stream: NodeJS.ReadableStream, max: number, overflow: () => void): readonly Buffer[] {
  const chunks: Buffer[] = []
  let length = 0
  stream.on('data', (chunk: Buffer) => {
    length += chunk.byteLength
    if (length <= max) chunks.push(chunk)
    else overflow()
  })
  return chunks
}

/** GIT_DIR and its like would lead to another repository: they are set in hooks. An empty list allows no protocol. */
function cleared(env: GitPlace['env']): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value === undefined || name.startsWith('GIT_') ? [] : [[name, value] as const],
  )
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_ALLOW_PROTOCOL: '',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
}

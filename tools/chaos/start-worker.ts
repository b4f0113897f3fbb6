import { spawn } from 'node:child_process'
import process from 'node:process'
import type { WorkerInput, WorkerOutput } from './worker-input.ts'

export type Ended =
  | { readonly how: 'killed' }
  | { readonly how: 'said'; readonly output: WorkerOutput }
  | { readonly how: 'failed'; readonly talk: string }

export type Worker = {
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>
  readonly ended: Promise<Ended>
}

/** A worker that takes longer is stuck. */
const LIMIT_MS = 30_000

/** Starts a process that applies once. SIDE EFFECTS: one process. */
export function startWorker(script: string, input: WorkerInput): Worker {
  const child = spawn(process.execPath, [script, JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'pipe'] })
  let isStuck = false
  const limit = setTimeout(() => {
    isStuck = true
    child.kill('SIGKILL')
  }, LIMIT_MS)
  let out = ''
  let talk = ''
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    talk += String(chunk)
  })
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ how: 'failed', talk: String(error) }))
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      if (isStuck) resolve({ how: 'failed', talk: `no end after ${LIMIT_MS} ms` })
      else if (signal === 'SIGKILL') resolve({ how: 'killed' })
      else if (code !== 0) resolve({ how: 'failed', talk })
      else resolve({ how: 'said', output: JSON.parse(out) })
    })
  })
  return {
    ended,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

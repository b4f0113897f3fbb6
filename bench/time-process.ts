import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'

export type Timing = { readonly seconds: number; readonly stdout: string; readonly stderr: string }

export type Command = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

const LIMIT_MS = 300_000

/**
 * Runs a command as a whole process, from spawn to exit. Rejects when it fails, or takes more than five minutes.
 * SIDE EFFECTS: those of the command.
 */
export async function timeProcess({ file, args, env }: Command): Promise<Timing> {
  const started = performance.now()
  const child = spawn(file, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [exitCode]: (number | null)[] = await once(child, 'close')
  const seconds = (performance.now() - started) / 1000
  if (exitCode === 0) return { seconds, stdout, stderr }
  throw new Error(`${file} ${args.join(' ')}: ended with ${exitCode}: ${(stderr || stdout).slice(0, 2000)}`)
}

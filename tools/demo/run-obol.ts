import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'obol.js')
const LIMIT_MS = 120_000

/**
 * Runs the command as a process of its own, its output passed on as it comes.
 * SIDE EFFECTS: those of the command. Ends it after two minutes.
 */
export async function runObol(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly exitCode: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      process.stdout.write(text)
    })
  }
  const [exitCode]: (number | null)[] = await once(child, 'close')
  return { exitCode: exitCode ?? null, output }
}

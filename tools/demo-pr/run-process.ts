import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'

const LIMIT_MS = 300_000

export type ProcessOptions = { readonly cwd?: string; readonly onOutput?: (text: string) => void }

/** Runs a program with PATH and these variables, and nothing else. SIDE EFFECTS: those of the program. */
export async function runProcess(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  { cwd, onOutput }: ProcessOptions = {},
): Promise<{ readonly exitCode: number; readonly output: string }> {
  const child = spawn(file, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput?.(text)
    })
  }
  const [code]: (number | null)[] = await once(child, 'close')
  return { exitCode: code ?? 1, output }
}

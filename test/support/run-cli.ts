import type { Output, Surroundings } from '../../src/cli/context.ts'
import { runCli as runInProcess } from '../../src/cli/run-cli.ts'
import { createStyle } from '../../src/cli/style.ts'

export type CliRun = { readonly exitCode: number; readonly stdout: string; readonly stderr: string }

export type CliOptions = Partial<Omit<Surroundings, 'stdout' | 'stderr' | 'stdin'>> & {
  readonly colour?: boolean
  readonly columns?: number
  readonly isTTY?: boolean
  readonly stdin?: string
  /** Called with each text as it is written: for commands that run until they are stopped. */
  readonly onWrite?: (stream: 'stdout' | 'stderr', text: string) => void
}

/** A whole run of the command in this process: no terminal, no colour, 80 columns, a fixed clock, unless told otherwise. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const written = { stdout: '', stderr: '' }
  const output = (stream: 'stdout' | 'stderr'): Output => ({
    write: (text) => {
      written[stream] += text
      options.onWrite?.(stream, text)
    },
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
    style: createStyle(options.colour ?? false),
    closed: new AbortController().signal,
  })
  const exitCode = await runInProcess(args, {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    home: options.home ?? '/nowhere/home',
    interactive: options.interactive ?? false,
    stdin: bytesOf(options.stdin ?? ''),
    now: options.now ?? (() => new Date('2026-01-02T03:04:05Z')),
    signal: options.signal ?? new AbortController().signal,
  })
  return { exitCode, ...written }
}

/** A run as one text for a golden file: the command line, its exit code and both streams. */
export function transcript(args: readonly string[], run: CliRun): string {
  const part = (name: string, text: string): string => (text === '' ? '' : `--- ${name}\n${text}`)
  return `$ obol ${args.join(' ')}\n${part('stdout', run.stdout)}${part('stderr', run.stderr)}--- exit code ${run.exitCode}\n`
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

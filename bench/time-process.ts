import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

export type Timing = {
  readonly seconds: number
  readonly stdout: string
  readonly exitCode: number | null
  /** Largest resident set in MB; 0 for programs that are not Node. */
  readonly residentMb: number
}

export type Command = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Where a Node program leaves its largest resident set. */
  readonly rssFile?: string
}

const LIMIT_MS = 300_000
const RSS_HOOK = join(import.meta.dirname, 'report-rss.ts')

/** Runs a command as a whole process, from spawn to exit. SIDE EFFECTS: those of the command. */
export async function timeProcess(command: Command): Promise<Timing> {
  const hook =
    command.rssFile === undefined ? {} : { NODE_OPTIONS: `--import=${RSS_HOOK}`, OBOL_RSS_FILE: command.rssFile }
  const started = performance.now()
  const child = spawn(command.file, [...command.args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...command.env, ...hook },
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
  const residentMb = command.rssFile === undefined ? 0 : Number(await readFile(command.rssFile, 'utf8')) / 1024
  if (exitCode !== 0 && exitCode !== 1)
    throw new Error(`${command.file} ended with ${exitCode}: ${stderr.slice(0, 2000)}`)
  return { seconds, stdout, exitCode: exitCode ?? null, residentMb }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
